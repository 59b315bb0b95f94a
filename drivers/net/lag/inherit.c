// SPDX-License-Identifier: GPL-2.0
/* What a lag takes from its ports: features, limits, headroom.
 *
 * What it gives them (address, MTU, VLANs) is not here; see device.c and
 * port.c.
 */
#include "inherit.h"
#include "lag.h"

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

/* What a port lacks of these, the stack does for it when the packet gets
 * there: one port that can is reason enough to let packets come whole.
 */
#define LAG_FEATURES		(NETIF_F_HW_CSUM | NETIF_F_SG | \
				 NETIF_F_FRAGLIST | NETIF_F_GSO_SOFTWARE | \
				 NETIF_F_GSO_ENCAP_ALL | NETIF_F_HIGHDMA | \
				 NETIF_F_LRO)
#define LAG_ENC_FEATURES	(NETIF_F_HW_CSUM | NETIF_F_SG | \
				 NETIF_F_RXCSUM | NETIF_F_GSO_SOFTWARE)
#define LAG_MPLS_FEATURES	(NETIF_F_HW_CSUM | NETIF_F_SG | \
				 NETIF_F_GSO_SOFTWARE)

/* A tag stays beside the frame until a port that must puts it in. */
#define LAG_VLAN_TX		(NETIF_F_HW_VLAN_CTAG_TX | \
				 NETIF_F_HW_VLAN_STAG_TX)

void lag_inherit_setup(struct net_device *dev)
{
	dev->hw_features = LAG_FEATURES | NETIF_F_HW_VLAN_CTAG_RX |
			   NETIF_F_HW_VLAN_CTAG_FILTER |
			   NETIF_F_HW_VLAN_STAG_RX |
			   NETIF_F_HW_VLAN_STAG_FILTER;
	dev->features |= dev->hw_features | LAG_VLAN_TX;
	dev->vlan_features = LAG_FEATURES;
	dev->hw_enc_features = LAG_ENC_FEATURES | NETIF_F_GSO_ENCAP_ALL |
			       LAG_VLAN_TX;
	dev->mpls_features = LAG_MPLS_FEATURES;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_MAX_MTU;
}

/* What netdev_increment_features() over all ports starts with */
static netdev_features_t lag_inherit_start(netdev_features_t mask)
{
	return (mask & ~NETIF_F_ONE_FOR_ALL) | NETIF_F_ALL_FOR_ALL;
}

netdev_features_t lag_inherit_features(struct lag *lag,
				       netdev_features_t features)
{
	netdev_features_t mask = features;
	const struct lag_port *port;

	ASSERT_RTNL();

	/* The last port may have been one that could not carry VLANs. */
	if (list_empty(&lag->ports))
		return features & ~NETIF_F_VLAN_CHALLENGED;

	features = lag_inherit_start(mask);
	list_for_each_entry(port, &lag->ports, list)
		features = netdev_increment_features(features,
						     port->dev->features, mask);

	return netdev_add_tso_features(features, mask);
}

/* Each of the following returns whether it has changed something. */

/* The three sets for packets that are more than plain Ethernet */
static bool lag_inherit_sets(struct lag *lag)
{
	netdev_features_t vlan = lag_inherit_start(LAG_FEATURES);
	netdev_features_t enc = lag_inherit_start(LAG_ENC_FEATURES);
	netdev_features_t mpls = lag_inherit_start(LAG_MPLS_FEATURES);
	struct net_device *dev = lag->dev;
	const struct lag_port *port;
	bool changed;

	list_for_each_entry(port, &lag->ports, list) {
		const struct net_device *lower = port->dev;

		vlan = netdev_increment_features(vlan, lower->vlan_features,
						 LAG_FEATURES);
		enc = netdev_increment_features(enc, lower->hw_enc_features,
						LAG_ENC_FEATURES);
		mpls = netdev_increment_features(mpls, lower->mpls_features,
						 LAG_MPLS_FEATURES);
	}

	if (list_empty(&lag->ports)) {
		vlan = LAG_FEATURES;
		enc = LAG_ENC_FEATURES;
		mpls = LAG_MPLS_FEATURES;
	}
	enc |= NETIF_F_GSO_ENCAP_ALL | LAG_VLAN_TX;

	changed = dev->vlan_features != vlan || dev->hw_enc_features != enc ||
		  dev->mpls_features != mpls;
	dev->vlan_features = vlan;
	dev->hw_enc_features = enc;
	dev->mpls_features = mpls;
	return changed;
}

/* Room before and after a frame.  The lag's own header is plain Ethernet, so
 * what a port's header takes beyond that counts as headroom.
 */
static bool lag_inherit_room(struct lag *lag)
{
	unsigned short headroom = 0, tailroom = 0;
	struct net_device *dev = lag->dev;
	const struct lag_port *port;
	bool changed;

	list_for_each_entry(port, &lag->ports, list) {
		const struct net_device *lower = port->dev;
		unsigned short header;

		header = max_t(unsigned short, lower->hard_header_len, ETH_HLEN);
		headroom = max_t(unsigned short, headroom,
				 lower->needed_headroom + header - ETH_HLEN);
		tailroom = max(tailroom, lower->needed_tailroom);
	}

	changed = dev->needed_headroom != headroom ||
		  dev->needed_tailroom != tailroom;
	dev->needed_headroom = headroom;
	dev->needed_tailroom = tailroom;
	return changed;
}

/* What is sent in one piece is not more than the ports take.  The kernel lowers
 * it by itself; what stood at the former limit may rise with it, as far as it
 * is without one.
 */
static bool lag_inherit_tso(struct net_device *dev, unsigned int size,
			    unsigned int segs)
{
	bool changed = dev->tso_max_size != size || dev->tso_max_segs != segs;
	unsigned int usual = min_t(unsigned int, size, GSO_LEGACY_MAX_SIZE);

	if (dev->gso_max_size == dev->tso_max_size && dev->gso_max_size < usual)
		lag_compat_set_gso_max_size(dev, usual);
	if (dev->gso_max_segs == dev->tso_max_segs && dev->gso_max_segs < segs)
		WRITE_ONCE(dev->gso_max_segs, segs);
	netif_set_tso_max_size(dev, size);
	netif_set_tso_max_segs(dev, segs);
	return changed;
}

/* The biggest packets that every port takes */
static bool lag_inherit_limits(struct lag *lag)
{
	unsigned int min_mtu = ETH_MIN_MTU, max_mtu = ETH_MAX_MTU;
	unsigned int tso_size = TSO_MAX_SIZE, tso_segs = TSO_MAX_SEGS;
	const struct lag_port *port;

	if (list_empty(&lag->ports))
		tso_size = TSO_LEGACY_MAX_SIZE;

	list_for_each_entry(port, &lag->ports, list) {
		const struct net_device *lower = port->dev;

		min_mtu = max(min_mtu, lower->min_mtu);
		/* 0 is no limit. */
		max_mtu = min_not_zero(max_mtu, lower->max_mtu);
		tso_size = min(tso_size, lower->tso_max_size);
		tso_segs = min_t(unsigned int, tso_segs, lower->tso_max_segs);
	}

	lag->dev->min_mtu = min_mtu;
	lag->dev->max_mtu = max_mtu;
	return lag_inherit_tso(lag->dev, tso_size, tso_segs);
}

/* A port that reads the route of a packet needs it kept this far. */
static bool lag_inherit_dst_release(struct lag *lag)
{
	bool release = lag->dev->priv_flags & IFF_XMIT_DST_RELEASE_PERM;
	bool was = lag->dev->priv_flags & IFF_XMIT_DST_RELEASE;
	const struct lag_port *port;

	list_for_each_entry(port, &lag->ports, list)
		if (!(port->dev->priv_flags & IFF_XMIT_DST_RELEASE))
			release = false;

	if (release)
		lag->dev->priv_flags |= IFF_XMIT_DST_RELEASE;
	else
		lag->dev->priv_flags &= ~IFF_XMIT_DST_RELEASE;
	return release != was;
}

void lag_inherit_update(struct lag *lag)
{
	bool changed;

	ASSERT_RTNL();

	changed = lag_inherit_room(lag);
	changed |= lag_inherit_limits(lag);
	changed |= lag_inherit_dst_release(lag);
	changed |= lag_inherit_sets(lag);

	/* Devices above, such as VLANs, have to know of it too, but only of
	 * changes: this may come from a port that follows us.
	 */
	if (changed)
		netdev_change_features(lag->dev);
	else
		netdev_update_features(lag->dev);
}
