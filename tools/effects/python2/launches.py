"""Instances that nova-compute can launch."""

from nova import context
from nova import db
from nova.compute import instance_types
from nova.network import model
from nova.openstack.common import timeutils


class Network(object):
    """No network: it takes no part in this."""

    @staticmethod
    def allocate_for_instance(*_, **__):
        return model.NetworkInfo()

    get_instance_nw_info = deallocate_for_instance = allocate_for_instance


def instance(admin):
    """A new instance as nova-api and the scheduler leave it, with the context of its launch."""
    own = context.RequestContext("user", "project", is_admin=True)
    flavor = instance_types.get_instance_type_by_name("m1.tiny")
    props = instance_types.system_metadata_instance_type_props
    made = db.instance_create(
        admin,
        {
            "vm_state": "building",
            "task_state": "scheduling",
            "user_id": "user",
            "project_id": "project",
            "image_ref": "",
            "instance_type_id": flavor["id"],
            "memory_mb": flavor["memory_mb"],
            "vcpus": flavor["vcpus"],
            "root_gb": flavor["root_gb"],
            "ephemeral_gb": flavor["ephemeral_gb"],
            "system_metadata": dict(("instance_type_" + key, flavor[key]) for key in props),
        },
    )
    action = {"action": "create", "instance_uuid": made["uuid"], "request_id": own.request_id}
    action.update(user_id="user", project_id="project", start_time=timeutils.utcnow())
    db.action_start(own, action)
    return own, db.instance_get_by_uuid(admin, made["uuid"])
