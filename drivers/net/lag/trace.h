/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: what LACP said, heard and did, and who got the slots. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM lag

#if !defined(_LAG_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _LAG_TRACE_H

#include "engine/lacp.h"

#include <linux/netdevice.h>
#include <linux/tracepoint.h>

/* length of the longest name of a state and then some */
#define LAG_TRACE_NAME	32

TRACE_EVENT(lag_transition,
	    TP_PROTO(const struct net_device *dev, const char *machine,
		     const char *from, const char *to),
	    TP_ARGS(dev, machine, from, to),
	    TP_STRUCT__entry(__array(char, port, IFNAMSIZ)
			     __array(char, machine, LAG_TRACE_NAME)
			     __array(char, from, LAG_TRACE_NAME)
			     __array(char, to, LAG_TRACE_NAME)),
	    TP_fast_assign(strscpy(__entry->port, dev->name, IFNAMSIZ);
			   strscpy(__entry->machine, machine, LAG_TRACE_NAME);
			   strscpy(__entry->from, from, LAG_TRACE_NAME);
			   strscpy(__entry->to, to, LAG_TRACE_NAME);),
	    TP_printk("port=%s machine=%s %s -> %s", __entry->port,
		      __entry->machine, __entry->from, __entry->to)
);

DECLARE_EVENT_CLASS(lag_pdu,
		    TP_PROTO(const struct net_device *dev,
			     const struct lacp_pdu *pdu),
		    TP_ARGS(dev, pdu),
		    TP_STRUCT__entry(__array(char, port, IFNAMSIZ)
				     __array(u8, actor_system, ETH_ALEN)
				     __array(u8, partner_system, ETH_ALEN)
				     __field(u16, actor_system_priority)
				     __field(u16, actor_key)
				     __field(u16, actor_port_priority)
				     __field(u16, actor_port)
				     __field(u16, partner_system_priority)
				     __field(u16, partner_key)
				     __field(u16, partner_port_priority)
				     __field(u16, partner_port)
				     __field(u8, actor_state)
				     __field(u8, partner_state)),
		    TP_fast_assign(strscpy(__entry->port, dev->name, IFNAMSIZ);
				   memcpy(__entry->actor_system,
					  pdu->actor.system, ETH_ALEN);
				   __entry->actor_system_priority =
					pdu->actor.system_priority;
				   __entry->actor_key = pdu->actor.key;
				   __entry->actor_port_priority =
					pdu->actor.port_priority;
				   __entry->actor_port = pdu->actor.port;
				   __entry->actor_state = pdu->actor.state;
				   memcpy(__entry->partner_system,
					  pdu->partner.system, ETH_ALEN);
				   __entry->partner_system_priority =
					pdu->partner.system_priority;
				   __entry->partner_key = pdu->partner.key;
				   __entry->partner_port_priority =
					pdu->partner.port_priority;
				   __entry->partner_port =
					pdu->partner.port;
				   __entry->partner_state =
					pdu->partner.state;),
		    TP_printk("port=%s actor=%u/%pM key=%u port=%u/%u state=%#04x partner=%u/%pM key=%u port=%u/%u state=%#04x",
			      __entry->port,
			      __entry->actor_system_priority,
			      __entry->actor_system, __entry->actor_key,
			      __entry->actor_port_priority,
			      __entry->actor_port, __entry->actor_state,
			      __entry->partner_system_priority,
			      __entry->partner_system, __entry->partner_key,
			      __entry->partner_port_priority,
			      __entry->partner_port, __entry->partner_state)
);

DEFINE_EVENT(lag_pdu, lag_pdu_rx,
	     TP_PROTO(const struct net_device *dev, const struct lacp_pdu *pdu),
	     TP_ARGS(dev, pdu)
);

DEFINE_EVENT(lag_pdu, lag_pdu_tx,
	     TP_PROTO(const struct net_device *dev, const struct lacp_pdu *pdu),
	     TP_ARGS(dev, pdu)
);

TRACE_EVENT(lag_slots,
	    TP_PROTO(const struct net_device *dev, u32 generation, u64 live,
		     unsigned int changed),
	    TP_ARGS(dev, generation, live, changed),
	    TP_STRUCT__entry(__array(char, lag, IFNAMSIZ)
			     __field(u64, live)
			     __field(u32, generation)
			     __field(unsigned int, changed)),
	    TP_fast_assign(strscpy(__entry->lag, dev->name, IFNAMSIZ);
			   __entry->live = live;
			   __entry->generation = generation;
			   __entry->changed = changed;),
	    TP_printk("lag=%s generation=%u live=%#llx changed=%u",
		      __entry->lag, __entry->generation, __entry->live,
		      __entry->changed)
);

#endif /* _LAG_TRACE_H */

/* Found through ccflags-y: -I$(src) */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
