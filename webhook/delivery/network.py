"""Which addresses a webhook may connect to: public ones, and those whose network an administrator has allowed.

Python's own ``is_global`` is no help: it lets through multicast, site-local, NAT64 and more, and changes between versions.
"""

import ipaddress
import re

from odoo import _


def _table(*networks):
    return tuple(ipaddress.ip_network(network) for network in networks)


# Special-purpose IPv4 (IANA's registry, RFC 6890); everything else is public.
REFUSED_IPV4 = _table(
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # shared by the customers of a carrier; metadata of Alibaba Cloud
    "127.0.0.0/8",  # loopback
    "168.63.129.16/32",  # metadata of Azure, at an address that looks public
    "169.254.0.0/16",  # link-local; metadata of most clouds
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments; metadata of Oracle Cloud
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",  # private
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
)
# IPv6 is refused outside of what is given out for public use, and for these within it.
PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
REFUSED_IPV6 = _table(
    "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4
    "3fff::/20",  # documentation
)
# IPv6 addresses that end in the IPv4 address for which they stand: IPv4-compatible, and NAT64 (RFC 6052, RFC 8215).
ENDING_IN_IPV4 = _table("::/96", "64:ff9b::/96", "64:ff9b:1::/48")


def parse(text):
    """Read what an administrator wrote: networks or addresses, separated by spaces, commas or lines.

    :param text: such as ``"127.0.0.0/8, ::1"``; may be empty or False
    :return: tuple of ``ipaddress`` networks
    :raises ValueError: its message names the wrong entry and says what to write
    """
    return tuple(_network(entry) for entry in re.split(r"[\s,;]+", text or "") if entry)


def _network(entry):
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        network = None
    if network is None or "%" in entry:
        raise ValueError(
            _(
                "“%(entry)s” is no network. Write addresses like 192.168.1.7 or networks like 10.0.0.0/8 or fd00::/8, "
                "separated by commas.",
                entry=entry,
            )
        )
    if network.network_address != ipaddress.ip_interface(entry).ip:
        raise ValueError(
            _(
                "“%(entry)s” is an address within a network. Write %(network)s for the whole network, or %(address)s for "
                "the address alone.",
                entry=entry,
                network=str(network),  # a network would be taken for a list of addresses
                address=entry.partition("/")[0],
            )
        )
    if network.version == 6 and network.prefixlen >= 96 and network.network_address.ipv4_mapped:
        return ipaddress.ip_network((network.network_address.ipv4_mapped, network.prefixlen - 96))
    return network


def allowed(address, networks=()):
    """Whether a webhook may connect to ``address``.

    An IPv6 address that stands for an IPv4 address is never public. An administrator allows it with its IPv4 network if the
    system itself takes one for the other (``::ffff:10.0.0.1``), otherwise with its own network and that of the IPv4 address
    unless this is public: who allows NAT64 has not allowed the private addresses behind it.

    :param address: str, as ``getaddrinfo`` or ``getpeername`` give it; or an ``ipaddress`` address
    :param networks: tuple of ``ipaddress`` networks which are allowed although they are not public
    """
    if isinstance(address, str):
        address = ipaddress.ip_address(address.partition("%")[0])
    listed = any(address in network for network in networks)
    if address.version == 4:
        return listed or not any(address in network for network in REFUSED_IPV4)
    if address.ipv4_mapped:
        return any(address.ipv4_mapped in network for network in networks)
    inside = _ipv4_inside(address)
    if inside:
        return listed and allowed(inside, networks)
    return listed or (address in PUBLIC_IPV6 and not any(address in network for network in REFUSED_IPV6))


def _ipv4_inside(address):
    """The IPv4 address for which an IPv6 address stands, by which a tunnel or a translator would go on; or None."""
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if int(address) > 1 and any(address in network for network in ENDING_IN_IPV4):  # not :: and ::1
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
