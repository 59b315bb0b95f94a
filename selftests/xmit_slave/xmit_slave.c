// SPDX-License-Identifier: GPL-2.0
/* Asks a device for the port that a packet would leave by, then sends the packet
 * and looks which port it was.
 *
 *	echo DEVICE COUNT >/sys/module/xmit_slave/parameters/ask
 *	cat /sys/module/xmit_slave/parameters/ask
 *
 * The second prints how many packets of COUNT flows left as had been said, by
 * another port, and for how many no port was named.  The ports must be such as
 * count what they send at once, as dummy does.
 *
 *	echo DEVICE FD >/sys/module/xmit_slave/parameters/socket
 *	cat /sys/module/xmit_slave/parameters/socket
 *
 * The second prints the lowest device below DEVICE for that socket of the writer.
 */

#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include <net/sock.h>

static unsigned int xmit_slave_right;
static unsigned int xmit_slave_wrong;
static unsigned int xmit_slave_none;

static struct sk_buff *xmit_slave_packet(struct net_device *dev, u16 flow)
{
	struct ethhdr *eth;
	struct sk_buff *skb;
	struct udphdr *udp;
	struct iphdr *ip;

	skb = alloc_skb(256, GFP_KERNEL);
	if (!skb)
		return NULL;

	skb_reserve(skb, 64);
	eth = skb_put_zero(skb, sizeof(*eth));
	eth_broadcast_addr(eth->h_dest);
	ether_addr_copy(eth->h_source, dev->dev_addr);
	eth->h_proto = htons(ETH_P_IP);
	ip = skb_put_zero(skb, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 1;
	ip->protocol = IPPROTO_UDP;
	ip->tot_len = htons(sizeof(*ip) + sizeof(*udp));
	ip->saddr = htonl(0xc0000201);
	ip->daddr = htonl(0xc0000202);
	udp = skb_put_zero(skb, sizeof(*udp));
	udp->source = htons(1024 + flow);
	udp->dest = htons(9);
	udp->len = htons(sizeof(*udp));
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = dev;
	return skb;
}

static u64 xmit_slave_sent(struct net_device *dev)
{
	struct rtnl_link_stats64 stats;

	return dev_get_stats(dev, &stats)->tx_packets;
}

static int xmit_slave_try(struct net_device *dev, u16 flow)
{
	struct net_device *port;
	struct sk_buff *skb;
	u64 before;

	skb = xmit_slave_packet(dev, flow);
	if (!skb)
		return -ENOMEM;

	rcu_read_lock();
	port = netdev_get_xmit_slave(dev, skb, false);
	before = port ? xmit_slave_sent(port) : 0;
	dev_queue_xmit(skb);
	if (!port)
		xmit_slave_none++;
	else if (xmit_slave_sent(port) == before + 1)
		xmit_slave_right++;
	else
		xmit_slave_wrong++;
	rcu_read_unlock();
	return 0;
}

static int xmit_slave_set(const char *value, const struct kernel_param *param)
{
	struct net_device *dev;
	unsigned int count, i;
	char name[IFNAMSIZ];
	int err = 0;

	if (sscanf(value, "%15s %u", name, &count) != 2)
		return -EINVAL;

	dev = dev_get_by_name(current->nsproxy->net_ns, name);
	if (!dev)
		return -ENODEV;

	xmit_slave_right = 0;
	xmit_slave_wrong = 0;
	xmit_slave_none = 0;
	for (i = 0; i < count && !err; i++)
		err = xmit_slave_try(dev, i);
	dev_put(dev);
	return err;
}

static int xmit_slave_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "right %u wrong %u none %u\n",
			  xmit_slave_right, xmit_slave_wrong, xmit_slave_none);
}

static const struct kernel_param_ops xmit_slave_ops = {
	.set	= xmit_slave_set,
	.get	= xmit_slave_get,
};

module_param_cb(ask, &xmit_slave_ops, NULL, 0600);
MODULE_PARM_DESC(ask, "DEVICE COUNT: ask and send; read: how often it was right");

static char xmit_slave_lowest[IFNAMSIZ];

static int xmit_slave_socket_set(const char *value,
				 const struct kernel_param *param)
{
	struct net_device *dev;
	char name[IFNAMSIZ];
	struct socket *sock;
	int fd, err;

	if (sscanf(value, "%15s %d", name, &fd) != 2)
		return -EINVAL;

	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(sock_net(sock->sk), name);
	if (dev)
		strscpy(xmit_slave_lowest,
			netdev_sk_get_lowest_dev(dev, sock->sk)->name,
			sizeof(xmit_slave_lowest));
	rcu_read_unlock();
	sockfd_put(sock);
	return dev ? 0 : -ENODEV;
}

static int xmit_slave_socket_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%s\n", xmit_slave_lowest);
}

static const struct kernel_param_ops xmit_slave_socket_ops = {
	.set	= xmit_slave_socket_set,
	.get	= xmit_slave_socket_get,
};

module_param_cb(socket, &xmit_slave_socket_ops, NULL, 0600);
MODULE_PARM_DESC(socket, "DEVICE FD: ask; read: the lowest device");

static int __init xmit_slave_init(void)
{
	return 0;
}

static void __exit xmit_slave_exit(void)
{
}

module_init(xmit_slave_init);
module_exit(xmit_slave_exit);
MODULE_DESCRIPTION("Test helper: the port that a packet would leave by");
MODULE_LICENSE("GPL");
