//! The table of the kinds that are built in.

use super::{Kind, Subresource};

/// What can be done with most resources.
pub const ALL_VERBS: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const REVIEW: &[&str] = &["create"];
const READ: &[&str] = &["get", "list"];

/// The kinds that are built in, in the order in which discovery has their groups.
pub static ALL: &[Kind] = &[
    // The core.
    Kind { short: &["cm"], ..kind("", "v1", "ConfigMap", "configmaps") },
    Kind { short: &["ep"], ..kind("", "v1", "Endpoints", "endpoints") },
    Kind {
        short: &["ev"],
        selectable: &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        ..kind("", "v1", "Event", "events")
    },
    Kind { short: &["limits"], ..kind("", "v1", "LimitRange", "limitranges") },
    Kind {
        short: &["ns"],
        namespaced: false,
        selectable: &["status.phase"],
        subresources: &[status("Namespace", "", "v1")],
        verbs: &["create", "delete", "get", "list", "patch", "update", "watch"],
        ..kind("", "v1", "Namespace", "namespaces")
    },
    Kind {
        short: &["no"],
        namespaced: false,
        selectable: &["spec.unschedulable"],
        subresources: &[status("Node", "", "v1")],
        ..kind("", "v1", "Node", "nodes")
    },
    Kind {
        short: &["pvc"],
        subresources: &[status("PersistentVolumeClaim", "", "v1")],
        ..kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
    },
    Kind {
        short: &["pv"],
        namespaced: false,
        subresources: &[status("PersistentVolume", "", "v1")],
        ..kind("", "v1", "PersistentVolume", "persistentvolumes")
    },
    Kind {
        short: &["po"],
        categories: &["all"],
        selectable: &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        subresources: &[
            sub("eviction", "Eviction", "policy", "v1", REVIEW),
            sub("log", "Pod", "", "v1", &["get"]),
            status("Pod", "", "v1"),
        ],
        has_generation: true,
        ..kind("", "v1", "Pod", "pods")
    },
    kind("", "v1", "PodTemplate", "podtemplates"),
    Kind {
        short: &["rc"],
        categories: &["all"],
        selectable: &["status.replicas"],
        subresources: &[SCALE, status("ReplicationController", "", "v1")],
        has_generation: true,
        ..kind("", "v1", "ReplicationController", "replicationcontrollers")
    },
    Kind {
        short: &["quota"],
        subresources: &[status("ResourceQuota", "", "v1")],
        ..kind("", "v1", "ResourceQuota", "resourcequotas")
    },
    Kind { selectable: &["type"], ..kind("", "v1", "Secret", "secrets") },
    Kind { short: &["sa"], ..kind("", "v1", "ServiceAccount", "serviceaccounts") },
    Kind {
        short: &["svc"],
        categories: &["all"],
        selectable: &["spec.clusterIP", "spec.type"],
        subresources: &[status("Service", "", "v1")],
        ..kind("", "v1", "Service", "services")
    },
    // Aggregation.
    Kind {
        categories: &["api-extensions"],
        namespaced: false,
        subresources: &[status("APIService", "apiregistration.k8s.io", "v1")],
        ..kind("apiregistration.k8s.io", "v1", "APIService", "apiservices")
    },
    // Workloads.
    kind("apps", "v1", "ControllerRevision", "controllerrevisions"),
    Kind {
        short: &["ds"],
        categories: &["all"],
        subresources: &[status("DaemonSet", "apps", "v1")],
        has_generation: true,
        ..kind("apps", "v1", "DaemonSet", "daemonsets")
    },
    Kind {
        short: &["deploy"],
        categories: &["all"],
        subresources: &[SCALE, status("Deployment", "apps", "v1")],
        has_generation: true,
        ..kind("apps", "v1", "Deployment", "deployments")
    },
    Kind {
        short: &["rs"],
        categories: &["all"],
        selectable: &["status.replicas"],
        subresources: &[SCALE, status("ReplicaSet", "apps", "v1")],
        has_generation: true,
        ..kind("apps", "v1", "ReplicaSet", "replicasets")
    },
    Kind {
        short: &["sts"],
        categories: &["all"],
        subresources: &[SCALE, status("StatefulSet", "apps", "v1")],
        has_generation: true,
        ..kind("apps", "v1", "StatefulSet", "statefulsets")
    },
    // Who asks, and what they may.
    review("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews"),
    Kind {
        namespaced: true,
        ..review("authorization.k8s.io", "LocalSubjectAccessReview", "localsubjectaccessreviews")
    },
    review("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews"),
    review("authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews"),
    review("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews"),
    // Scaling.
    Kind {
        short: &["hpa"],
        categories: &["all"],
        subresources: &[status("HorizontalPodAutoscaler", "autoscaling", "v2")],
        ..kind("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
    },
    // Batch.
    Kind {
        short: &["cj"],
        categories: &["all"],
        subresources: &[status("CronJob", "batch", "v1")],
        has_generation: true,
        ..kind("batch", "v1", "CronJob", "cronjobs")
    },
    Kind {
        categories: &["all"],
        selectable: &["status.successful"],
        subresources: &[status("Job", "batch", "v1")],
        has_generation: true,
        ..kind("batch", "v1", "Job", "jobs")
    },
    // Networking.
    Kind { namespaced: false, ..kind("networking.k8s.io", "v1", "IngressClass", "ingressclasses") },
    Kind {
        short: &["ing"],
        subresources: &[status("Ingress", "networking.k8s.io", "v1")],
        has_generation: true,
        ..kind("networking.k8s.io", "v1", "Ingress", "ingresses")
    },
    Kind {
        short: &["netpol"],
        has_generation: true,
        ..kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies")
    },
    // Budgets.
    Kind {
        short: &["pdb"],
        subresources: &[status("PodDisruptionBudget", "policy", "v1")],
        has_generation: true,
        ..kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
    },
    // Rights.
    Kind { namespaced: false, ..kind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings") },
    Kind { namespaced: false, ..kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles") },
    kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
    kind("rbac.authorization.k8s.io", "v1", "Role", "roles"),
    // Storage.
    Kind { namespaced: false, ..kind("storage.k8s.io", "v1", "CSIDriver", "csidrivers") },
    Kind { namespaced: false, ..kind("storage.k8s.io", "v1", "CSINode", "csinodes") },
    Kind { short: &["sc"], namespaced: false, ..kind("storage.k8s.io", "v1", "StorageClass", "storageclasses") },
    Kind {
        namespaced: false,
        subresources: &[status("VolumeAttachment", "storage.k8s.io", "v1")],
        ..kind("storage.k8s.io", "v1", "VolumeAttachment", "volumeattachments")
    },
    // Admission.
    Kind {
        categories: &["api-extensions"],
        namespaced: false,
        has_generation: true,
        ..kind("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations")
    },
    Kind {
        categories: &["api-extensions"],
        namespaced: false,
        has_generation: true,
        ..kind(
            "admissionregistration.k8s.io",
            "v1",
            "ValidatingWebhookConfiguration",
            "validatingwebhookconfigurations",
        )
    },
    // Definitions of further kinds.
    Kind {
        short: &["crd", "crds"],
        categories: &["api-extensions"],
        namespaced: false,
        subresources: &[status("CustomResourceDefinition", "apiextensions.k8s.io", "v1")],
        has_generation: true,
        ..kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")
    },
    // Order among pods.
    Kind {
        short: &["pc"],
        namespaced: false,
        has_generation: true,
        ..kind("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses")
    },
    // What components tell each other.
    kind("coordination.k8s.io", "v1", "Lease", "leases"),
    kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
    // Usage: made anew for each request, never stored.
    Kind { namespaced: false, verbs: READ, ..kind("metrics.k8s.io", "v1beta1", "NodeMetrics", "nodes") },
    Kind { verbs: READ, ..kind("metrics.k8s.io", "v1beta1", "PodMetrics", "pods") },
];

const SCALE: Subresource = sub("scale", "Scale", "autoscaling", "v1", &["get", "patch", "update"]);

const fn kind(group: &'static str, version: &'static str, name: &'static str, plural: &'static str) -> Kind {
    Kind {
        group,
        version,
        plural,
        singular: "",
        name,
        short: &[],
        categories: &[],
        namespaced: true,
        verbs: ALL_VERBS,
        subresources: &[],
        selectable: &[],
        has_generation: false,
        is_custom: false,
    }
}

const fn review(group: &'static str, name: &'static str, plural: &'static str) -> Kind {
    Kind { namespaced: false, verbs: REVIEW, ..kind(group, "v1", name, plural) }
}

const fn status(kind: &'static str, group: &'static str, version: &'static str) -> Subresource {
    sub("status", kind, group, version, &["get", "patch", "update"])
}

const fn sub(
    name: &'static str,
    kind: &'static str,
    group: &'static str,
    version: &'static str,
    verbs: &'static [&'static str],
) -> Subresource {
    Subresource { name, kind, group, version, verbs }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_resource_stands_in_the_table_once() {
        let names: HashSet<_> = ALL.iter().map(|kind| (kind.group, kind.plural)).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
