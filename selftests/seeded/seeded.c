// SPDX-License-Identifier: GPL-2.0
/* Bugs on order: a run on a debug kernel must notice every one of them.
 *
 * Nothing of lag is here, and nothing of this is in lag: what is tested is the
 * kernel's configuration and the scripts that read its log.
 */

#include <linux/etherdevice.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

struct seeded_object {
	struct seeded_object *next;
	unsigned int value;
};

static DEFINE_SPINLOCK(seeded_first);
static DEFINE_SPINLOCK(seeded_second);
static struct seeded_object __rcu *seeded_head;
static struct timer_list seeded_timer;
static netdevice_tracker seeded_tracker;
static unsigned int seeded_shift = 40;
static unsigned int seeded_counter;

static char *bug = "";
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "the one to commit");

/* What must pass, or else the failure of the others says nothing */
static int seeded_none(void)
{
	return 0;
}

/* The compiler would see this one */
static int seeded_use_after_free(void)
{
	struct seeded_object *object, *freed;

	object = kzalloc(sizeof(*object), GFP_KERNEL);
	if (!object)
		return -ENOMEM;
	freed = object;
	OPTIMIZER_HIDE_VAR(freed);
	kfree(object);
	return READ_ONCE(freed->value) & 0;
}

static int seeded_inversion(void)
{
	spin_lock(&seeded_first);
	spin_lock(&seeded_second);
	spin_unlock(&seeded_second);
	spin_unlock(&seeded_first);

	spin_lock(&seeded_second);
	spin_lock(&seeded_first);
	spin_unlock(&seeded_first);
	spin_unlock(&seeded_second);
	return 0;
}

/* Each is known to the other, and to nobody else */
static int seeded_leak(void)
{
	struct seeded_object *first, *second;

	first = kzalloc(sizeof(*first), GFP_KERNEL);
	second = kzalloc(sizeof(*second), GFP_KERNEL);
	if (first && second) {
		first->next = second;
		second->next = first;
		return 0;
	}
	kfree(first);
	kfree(second);
	return -ENOMEM;
}

static int seeded_rcu(void)
{
	return rcu_dereference(seeded_head) ? -EINVAL : 0;
}

static int seeded_sleep(void)
{
	spin_lock(&seeded_first);
	might_sleep();
	spin_unlock(&seeded_first);
	return 0;
}

static void seeded_expired(struct timer_list *timer)
{
}

static int seeded_live_object(void)
{
	timer_setup(&seeded_timer, seeded_expired, 0);
	mod_timer(&seeded_timer, jiffies + HZ);
	timer_setup(&seeded_timer, seeded_expired, 0);
	timer_delete_sync(&seeded_timer);
	return 0;
}

static int seeded_undefined(void)
{
	return (1 << READ_ONCE(seeded_shift)) & 0;
}

static int seeded_reference(void)
{
	struct net_device *dev;

	dev = alloc_etherdev(0);
	if (!dev)
		return -ENOMEM;
	netdev_hold(dev, &seeded_tracker, GFP_KERNEL);
	free_netdev(dev);
	return 0;
}

static int seeded_racer(void *data)
{
	while (!kthread_should_stop()) {
		seeded_counter++;
		cond_resched();
	}
	return 0;
}

static int seeded_race(void)
{
	struct task_struct *racer[2];
	int i;

	for (i = 0; i < 2; i++)
		racer[i] = kthread_run(seeded_racer, NULL, "seeded");
	schedule_timeout_uninterruptible(2 * HZ);
	for (i = 0; i < 2; i++)
		if (!IS_ERR(racer[i]))
			kthread_stop(racer[i]);
	return 0;
}

static const struct {
	const char *name;
	int (*commit)(void);
} seeded_bugs[] = {
	{ "none",		seeded_none },
	{ "use_after_free",	seeded_use_after_free },
	{ "inversion",		seeded_inversion },
	{ "leak",		seeded_leak },
	{ "rcu",		seeded_rcu },
	{ "sleep",		seeded_sleep },
	{ "live_object",	seeded_live_object },
	{ "undefined",		seeded_undefined },
	{ "reference",		seeded_reference },
	{ "race",		seeded_race },
};

static int __init seeded_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(seeded_bugs); i++)
		if (!strcmp(bug, seeded_bugs[i].name))
			return seeded_bugs[i].commit();
	return -EINVAL;
}

static void __exit seeded_exit(void)
{
}

module_init(seeded_init);
module_exit(seeded_exit);
MODULE_DESCRIPTION("Bugs that a test run must notice");
MODULE_LICENSE("GPL");
