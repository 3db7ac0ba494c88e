"""Hetzner's official client, unchanged, against an endpoint given on the command line: list, create, delete."""

import sys

from hcloud import APIException, Client
from hcloud.firewalls import FirewallResource, FirewallRule
from hcloud.images import Image
from hcloud.locations import Location
from hcloud.networks import NetworkSubnet
from hcloud.server_types import ServerType

endpoint, token, public_key = sys.argv[1:4]
client = Client(token=token, api_endpoint=endpoint, poll_interval=0.05)

assert client.server_types.get_by_name("cx23").cores == 2
assert {location.name for location in client.locations.get_all()} >= {"fsn1", "nbg1", "hel1"}
image = client.images.get_by_name_and_architecture("docker-ce", "x86")
assert client.servers.get_all() == []

key = client.ssh_keys.create(name="operator", public_key=public_key)
network = client.networks.create(
    name="inner",
    ip_range="10.0.0.0/16",
    subnets=[NetworkSubnet(ip_range="10.0.1.0/24", type="cloud", network_zone="eu-central")],
)
rule = FirewallRule(direction="in", protocol="tcp", port="22", source_ips=["0.0.0.0/0"])
firewall = client.firewalls.create(name="wall", rules=[rule]).firewall

created = client.servers.create(
    name="host",
    server_type=ServerType(name="cx23"),
    image=Image(id=image.id),
    location=Location(name="nbg1"),
    ssh_keys=[key],
    networks=[network],
    firewalls=[firewall],
    labels={"role": "host"},
    user_data="#cloud-config\n",
)
created.action.wait_until_finished()
for action in created.next_actions:
    action.wait_until_finished()

server = client.servers.get_by_name("host")
assert server.status == "running", server.status
assert server.private_net[0].ip == "10.0.1.1"
assert server.public_net.ipv4.ip
assert [found.id for found in client.servers.get_all(label_selector="role=host")] == [server.id]

volume = client.volumes.create(name="data", size=10, server=server, format="ext4", automount=True)
volume.action.wait_until_finished()
for action in volume.next_actions:
    action.wait_until_finished()
assert client.volumes.get_by_id(volume.volume.id).server.id == server.id

server.power_off().wait_until_finished()
server.change_type(ServerType(name="cx33"), upgrade_disk=False).wait_until_finished()
server.power_on().wait_until_finished()
server = client.servers.get_by_id(server.id)
assert (server.status, server.server_type.name) == ("running", "cx33")

ip = client.primary_ips.create(type="ipv4", name="own", location=Location(name="nbg1")).primary_ip
assert ip.assignee_id is None
ip.delete()

try:
    firewall.delete()
    raise AssertionError("a firewall in use was deleted")
except APIException as error:
    assert error.code == "resource_in_use", error.code

volume.volume.detach().wait_until_finished()
assert volume.volume.delete()
server.delete().wait_until_finished()
assert firewall.delete()
network.reload()
assert network.servers == []
assert network.delete()
assert key.delete()
assert client.servers.get_all() == client.networks.get_all() == client.volumes.get_all() == client.primary_ips.get_all() == []
print("done")
