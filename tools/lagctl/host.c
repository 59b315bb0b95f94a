// SPDX-License-Identifier: GPL-2.0
/* Looks for what else on this host handles lags and their ports: udev, systemd-
 * networkd, NetworkManager, and parts of lag itself of another version.
 *
 * What the kernel says is wrong is in why.c.
 */
#include "finding.h"

#include <dlfcn.h>
#include <glob.h>
#include <unistd.h>

/* NET_ADDR_SET of the kernel's <linux/netdevice.h>: somebody chose it */
#define ADDRESS_SET	3

/* Small files: "KEY=VALUE" in each line, perhaps in sections */

/* The last value of @key in @section (NULL: wherever), or NULL; to be freed */
static char *read_key(const char *path, const char *section, const char *key)
{
	bool inside = !section;
	char *value = NULL;
	char line[4096];
	FILE *f;

	f = fopen(path, "re");
	if (!f)
		return NULL;

	while (fgets(line, sizeof(line), f)) {
		char *text = line + strspn(line, " \t");
		size_t len = strlen(key);

		text[strcspn(text, "\n")] = '\0';
		if (*text == '[' && section)
			inside = !strncmp(text + 1, section, strlen(section)) &&
				 text[1 + strlen(section)] == ']';
		if (!inside || strncmp(text, key, len))
			continue;
		text += len;
		text += strspn(text, " \t");
		if (*text++ != '=')
			continue;
		free(value);
		value = format_text("%s", text + strspn(text, " \t"));
	}
	fclose(f);
	return value;
}

/* What the drop-ins of a file of systemd say, the last one wins; else itself */
static char *read_setting(const char *file, const char *section,
			  const char *key)
{
	static const char *const places[] = { "/usr/lib", "/run", "/etc" };
	const char *name = strrchr(file, '/') + 1;
	char *value = NULL, *found, *pattern;
	unsigned int i;
	size_t j;
	glob_t g;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		pattern = format_text("%s/systemd/network/%s.d/*.conf",
				      places[i], name);
		if (!glob(pattern, 0, NULL, &g)) {
			for (j = 0; j < g.gl_pathc; j++) {
				found = read_key(g.gl_pathv[j], section, key);
				if (!found)
					continue;
				free(value);
				value = found;
			}
			globfree(&g);
		}
		free(pattern);
	}

	return value ?: read_key(file, section, key);
}

static bool is_true(const char *value)
{
	return value && (!strcmp(value, "yes") || !strcmp(value, "true") ||
			 !strcmp(value, "on") || !strcmp(value, "1"));
}

/* A number of sysfs, -1 if there is none */
static int read_attribute(const char *device, const char *name)
{
	char *path = format_text("/sys/class/net/%s/%s", device, name);
	int number = -1;
	FILE *f;

	f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%d", &number) != 1)
			number = -1;
		fclose(f);
	}
	free(path);
	return number;
}

/* udev */

static bool is_address_of_port(const struct lag *lag)
{
	const struct value *v;
	unsigned int i;

	for (i = 0; i < lag->num_ports; i++) {
		v = &lag->ports[i].state[IFLA_LAG_PORT_STATE_PERM_HWADDR];
		if (ether_addr_equal((const u8 *)v->bytes, lag->link.mac))
			return true;
	}

	return false;
}

static void check_udev(const struct lag *lag)
{
	char *data, *file, *policy = NULL;
	const char *name = lag->link.name;
	char mac[MAC_TEXT], own[MAC_TEXT];
	struct finding *f;

	if (!lag->num_ports || is_address_of_port(lag) ||
	    read_attribute(name, "addr_assign_type") != ADDRESS_SET)
		return;

	data = format_text("/run/udev/data/n%d", lag->link.index);
	file = read_key(data, NULL, "E:ID_NET_LINK_FILE");
	if (file && *file == '/')
		policy = read_setting(file, "Link", "MACAddressPolicy");
	mac_text(mac, lag->link.mac);
	mac_text(own, lag->ports[0].state[IFLA_LAG_PORT_STATE_PERM_HWADDR]
		 .bytes);
	if (policy && strcmp(policy, "none")) {
		f = find(name, "udev-address", true,
			 "udev changed the MAC address of %s to %s: %s, which it applied, has MACAddressPolicy=%s. A lag left alone has the address of its first port, %s, which DHCP servers and switches know.",
			 name, mac, file, policy, own);
		mend(f, "now:", "ip link set %s address %s", name, own);
		mend(f, "at each boot:",
		     "printf '[Match]\\nDriver=lag\\n\\n[Link]\\nMACAddressPolicy=none\\n' >/etc/systemd/network/98-net-lag.link");
	} else {
		f = find(name, "address", false,
			 "The MAC address of %s, %s, is that of none of its ports: it was set. A lag left alone has that of its first port, %s.",
			 name, mac, own);
		mend(f, "if nobody meant that:", "ip link set %s address %s",
		     name, own);
	}
	free(policy);
	free(file);
	free(data);
}

/* systemd-networkd */

/* The .network file by which networkd takes a port from its lag, or NULL */
static char *networkd_file(const struct link *link)
{
	char *state, *file, *admin, *keep;
	bool kept, unmanaged;

	state = format_text("/run/systemd/netif/links/%d", link->index);
	file = read_key(state, NULL, "NETWORK_FILE");
	admin = read_key(state, NULL, "ADMIN_STATE");
	unmanaged = admin && !strcmp(admin, "unmanaged");
	free(admin);
	free(state);
	if (!file || *file != '/' || unmanaged) {
		free(file);
		return NULL;
	}

	keep = read_setting(file, "Network", "KeepMaster");
	kept = is_true(keep);
	free(keep);
	if (kept) {
		free(file);
		return NULL;
	}
	return file;
}

static bool check_networkd(const struct link *link, const char *lag)
{
	static const char reason[] = "networkd-no-keepmaster";
	char *file = networkd_file(link);
	const char *base;
	struct finding *f;

	if (!file)
		return false;

	base = strrchr(file, '/') + 1;
	if (lag)
		f = find(link->name, reason, true,
			 "systemd-networkd manages %s by %s, which lacks KeepMaster=yes: whenever it configures the port it takes it out of %s.",
			 link->name, file, lag);
	else
		f = find(link->name, reason, true,
			 "systemd-networkd manages %s by %s, which lacks KeepMaster=yes: if the device was a port of a lag, it has taken it out.",
			 link->name, file);
	mend(f, "",
	     "mkdir -p /etc/systemd/network/%s.d && printf '[Network]\\nKeepMaster=yes\\nLinkLocalAddressing=no\\n' >/etc/systemd/network/%s.d/lag.conf && networkctl reload",
	     base, base);
	if (!lag)
		mend(f, "then, with the name of the lag:",
		     "ip link set %s master lag0", link->name);
	free(file);
	return true;
}

/* NetworkManager */

static bool check_network_manager(const struct link *link)
{
	char *state, *managed, *connection;
	struct finding *f;
	bool found;

	state = format_text("/run/NetworkManager/devices/%d", link->index);
	managed = read_key(state, "device", "managed");
	connection = read_key(state, "device", "connection-uuid");
	found = is_true(managed);
	if (found) {
		f = find(link->name, "networkmanager-port", true,
			 "NetworkManager manages %s%s%s: it does not know that this is a port of a lag and may configure addresses on it, or take it down.",
			 link->name, connection ? " by connection " : "",
			 connection ?: "");
		mend(f, "now:", "nmcli device set %s managed no", link->name);
		mend(f, "at each boot:",
		     "printf '[keyfile]\\nunmanaged-devices+=interface-name:%s\\n' >/etc/NetworkManager/conf.d/lag-%s.conf && nmcli general reload",
		     link->name, link->name);
	}
	free(connection);
	free(managed);
	free(state);
	return found;
}

void host_check_lag(const struct lag *lag)
{
	check_udev(lag);
}

void host_check_port(const struct lag *lag, const struct port *p)
{
	check_networkd(&p->link, lag->link.name);
	check_network_manager(&p->link);
}

bool host_check_device(const struct link *link)
{
	return check_networkd(link, NULL);
}

/* Versions */

/* That of the plug-in of ip: "" if it tells none, NULL if there is none */
static char *plugin_version(const char *path)
{
	const char *version;
	char *text = NULL;
	void *plugin;

	if (access(path, F_OK))
		return NULL;
	/* What it needs of ip is missing here and never called */
	plugin = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	version = plugin ? dlsym(plugin, "lag_version") : NULL;
	text = format_text("%s", version ?: "");
	if (plugin)
		dlclose(plugin);
	return text;
}

static void differs(const char *what, const char *version, const char *module,
		    const char *path)
{
	struct finding *f;

	f = find("lag", "versions-differ", true,
		 "The module lag that is loaded is of version %s, %s of version %s: options and states that only one of them knows are lost or shown by number.",
		 module, what, *version ? version : "unknown");
	mend(f, "if the module is the older one, with all lags deleted:",
	     "modprobe -r lag && modprobe lag");
	mend(f, "if the other one is, from the sources of the module:",
	     "make install%s%s", *path ? "    # replaces " : "", path);
}

void host_check_versions(const struct model *m)
{
	char *module, *plugin, *path;
	unsigned int i, unknown = 0;
	struct finding *f;
	FILE *file;
	char line[64] = "";

	file = fopen("/sys/module/lag/version", "re");
	if (file) {
		if (!fgets(line, sizeof(line), file))
			*line = '\0';
		fclose(file);
	}
	line[strcspn(line, "\n")] = '\0';
	module = line;

	path = format_text("%s/link_lag.so",
			   getenv("IP_LIB_DIR") ?: IPLIBDIR);
	plugin = plugin_version(path);
	if (*module && plugin && strcmp(module, plugin))
		differs("the plug-in of ip", plugin, module, path);
	if (!plugin) {
		f = find("ip", "no-plugin", false,
			 "The stock ip has no plug-in for lag, %s: it can make a lag, but neither set nor show options.",
			 path);
		mend(f, "from the sources of the module:", "make install");
	}
	if (*module && strcmp(module, LAG_VERSION))
		differs("this lagctl", LAG_VERSION, module, "");

	for (i = 0; i < m->num_lags; i++)
		unknown = max(unknown, m->lags[i].unknown);
	if (unknown && !strcmp(module, LAG_VERSION)) {
		f = find("lag", "module-newer", true,
			 "The module lag tells %u things that this lagctl does not know: it is newer, though of the same version.",
			 unknown);
		mend(f, "from the sources of the module:", "make install");
	}
	free(plugin);
	free(path);
}
