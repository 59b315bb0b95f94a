#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Write the YNL specification of the attributes from include/uapi/linux/if_lag.h.

Usage: netlink_spec.py >Documentation/netlink/specs/lag.yaml

The header is the source: numbers are the compiler's to be, types and enums are
what its kernel-doc says of each attribute.
"""

import os
import re
import sys
import textwrap

HEADER = 'include/uapi/linux/if_lag.h'
ATTRIBUTE_SETS = {
    'ifla_lag': 'lag-attrs',
    'ifla_lag_state': 'lag-state-attrs',
    'ifla_lag_port': 'lag-port-attrs',
    'ifla_lag_port_state': 'lag-port-state-attrs',
    'ifla_lag_lacp_info': 'lag-lacp-info-attrs',
    'ifla_lag_counter': 'lag-counter-attrs',
}

HEAD = '''\
# SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
# Made by tools/netlink_spec.py from include/uapi/linux/if_lag.h
---
name: lag
protocol: netlink-raw
protonum: 0

doc:
  Link aggregation devices and their ports, as far as rtnetlink's link
  messages carry what is their own.

definitions:
  -
    name: ifinfomsg
    type: struct
    members:
      -
        name: ifi-family
        type: u8
      -
        name: pad
        type: pad
        len: 1
      -
        name: ifi-type
        type: u16
      -
        name: ifi-index
        type: s32
      -
        name: ifi-flags
        type: u32
      -
        name: ifi-change
        type: u32
'''

LINK = '''
attribute-sets:
  -
    name: link-attrs
    name-prefix: ifla-
    attributes:
      -
        name: ifname
        type: string
        value: 3
      -
        name: master
        type: u32
        value: 10
      -
        name: linkinfo
        type: nest
        value: 18
        nested-attributes: linkinfo-attrs
  -
    name: linkinfo-attrs
    name-prefix: ifla-info-
    attributes:
      -
        name: kind
        type: string
        value: 1
      -
        name: data
        type: sub-message
        value: 2
        sub-message: lag-data-msg
        selector: kind
      -
        name: slave-kind
        type: string
        value: 4
      -
        name: slave-data
        type: sub-message
        value: 5
        sub-message: lag-port-data-msg
        selector: slave-kind
'''

TAIL = '''
sub-messages:
  -
    name: lag-data-msg
    formats:
      -
        value: lag
        attribute-set: lag-attrs
  -
    name: lag-port-data-msg
    formats:
      -
        value: lag
        attribute-set: lag-port-attrs

operations:
  enum-model: directional
  list:
    -
      name: newlink
      doc: Make a lag, or change one or a port of one.
      attribute-set: link-attrs
      fixed-header: ifinfomsg
      do:
        request:
          value: 16
          attributes: &link
            - ifname
            - master
            - linkinfo
    -
      name: getlink
      doc: Options and state of a lag or of a port.
      attribute-set: link-attrs
      fixed-header: ifinfomsg
      do:
        request:
          value: 18
          attributes:
            - ifname
        reply:
          value: 16
          attributes: *link
'''


def die(text):
    sys.exit('netlink_spec: %s: %s' % (HEADER, text))


def comment_before(text, position):
    """The kernel-doc that ends there: what it says of the enum, and of each
    name."""
    end = text.rfind('*/', 0, position)
    if end < 0 or text[end + 2:position].strip():
        return '', {}
    comment = text[text.rfind('/**', 0, end) + 3:end]
    said, name = {'': ''}, ''
    for line in comment.splitlines():
        line = re.sub(r'^\s*\*? ?', '', line)
        found = re.match(r'@(\w+): *(.*)', line)
        if found:
            name, line = found.groups()
            said[name] = ''
        elif not line.strip():
            name = ''
        said[name] += ' ' + line.strip()
    said = {name: re.sub(r'[%&](?=\w)', '', re.sub(r'\s+', ' ', words)).strip()
            for name, words in said.items()}
    title = re.sub(r'^enum \w+ - ', '', said.pop(''))
    return title, said


def enums():
    """Of each enum: its name, what it is, and (name, number, doc) of all"""
    with open(HEADER) as f:
        text = f.read()
    for found in re.finditer(r'^enum (\w+) \{\n(.*?)^\};', text, re.M | re.S):
        title, said = comment_before(text, found.start())
        number, entries = 0, []
        for name, value in re.findall(r'^\s*(\w+)(?:\s*=\s*(\w+))?,?\s*$',
                                      found.group(2), re.M):
            number = int(value, 0) if value else number
            entries.append((name, number, said.get(name, '')))
            number += 1
        yield found.group(1), title, [
            entry for entry in entries if not re.match(r'__\w+_MAX$', entry[0])]


def short(names):
    """Without what they have in common, as YNL spells names"""
    common = os.path.commonprefix(names)
    common = common[:common.rfind('_') + 1]
    return [name[len(common):].lower().replace('_', '-') for name in names]


def yaml_text(key, words, indent):
    if not words:
        return ''
    return '%s%s: |\n%s\n' % (indent * ' ', key, textwrap.fill(
        words, 78, initial_indent=(indent + 2) * ' ',
        subsequent_indent=(indent + 2) * ' '))


def definition(name, title, entries):
    out = '  -\n    name: %s\n    type: enum\n' % name.replace('_', '-')
    out += yaml_text('doc', title, 4) + '    entries:\n'
    names = short([entry[0] for entry in entries])
    for word, (_, number, said) in zip(names, entries):
        out += '      -\n        name: %s\n        value: %d\n' % (word, number)
        out += yaml_text('doc', said, 8)
    return out


def flags():
    with open(HEADER) as f:
        found = re.findall(r'^#define LACP_STATE_(\w+)\s+0x([0-9a-f]+)$',
                           f.read(), re.M)
    out = '  -\n    name: lacp-state\n    type: flags\n    entries:\n'
    for number, (name, value) in enumerate(found):
        if int(value, 16) != 1 << number:
            die('LACP_STATE_%s is not bit %d' % (name, number))
        out += '      - %s\n' % name.lower()
    return out


def kind(attribute, said, default, known):
    """The lines that say what an attribute holds"""
    lines = []
    nest = re.match(r'(?:read only, )?nest of enum (\w+)', said)
    number = re.match(r'(u8|u16|u32|u64|s32)\b', said)
    if nest:
        lines = ['type: nest',
                 'nested-attributes: ' + ATTRIBUTE_SETS[nest.group(1)]]
    elif number:
        lines = ['type: ' + number.group(1)]
        enum = re.match(r'u8, enum (\w+)', said)
        if enum:
            if enum.group(1) not in known:
                die('%s: no enum %s' % (attribute, enum.group(1)))
            lines.append('enum: ' + enum.group(1).replace('_', '-'))
        elif said.startswith('u8, LACP_STATE_'):
            lines += ['enum: lacp-state', 'enum-as-flags: true']
    elif said.startswith('6 octets'):
        lines = ['type: binary', 'display-hint: mac', 'checks:',
                 '  exact-len: 6']
    elif said.startswith('string'):
        lines = ['type: string']
    elif re.match('LAG_SLOTS (octets|u16)', said):
        lines = ['type: binary']
    elif said == 'alignment':
        lines = ['type: pad']
    elif default:
        lines = ['type: ' + default]
    else:
        die('%s: "%s" begins with no type' % (attribute, said))
    return ''.join('        %s\n' % line for line in lines)


def attribute_set(name, title, entries, known):
    entries = [entry for entry in entries
               if not entry[0].endswith('_UNSPEC')]
    common = os.path.commonprefix([entry[0] for entry in entries])
    common = common[:common.rfind('_') + 1]
    every = re.search(r'each (u\d+)', title)
    out = '  -\n    name: %s\n    name-prefix: %s\n' % (
        ATTRIBUTE_SETS[name], common.lower().replace('_', '-'))
    out += yaml_text('doc', title, 4) + '    attributes:\n'
    for attribute, number, said in entries:
        word = attribute[len(common):].lower().replace('_', '-')
        out += '      -\n        name: %s\n' % word
        if number != 1 and attribute == entries[0][0] or not said:
            die('%s: no first of its enum, or not described' % attribute)
        out += kind(attribute, said, every and every.group(1), known)
        out += yaml_text('doc', said, 8)
    return out


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.realpath(__file__)), '..'))
    found = list(enums())
    known = [name for name, _, _ in found if name not in ATTRIBUTE_SETS]
    out = HEAD
    for name, title, entries in found:
        if name in known:
            out += definition(name, title, entries)
    out += flags() + LINK
    for name, title, entries in found:
        if name in ATTRIBUTE_SETS:
            out += attribute_set(name, title, entries, known)
    sys.stdout.write(out + TAIL)


if __name__ == '__main__':
    main()
