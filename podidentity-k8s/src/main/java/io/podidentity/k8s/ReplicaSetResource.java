package io.podidentity.k8s;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** A ReplicaSet's metadata. */
@Group("apps")
@Version("v1")
@Kind("ReplicaSet")
@Plural("replicasets")
final class ReplicaSetResource extends MetadataResource {
  private static final long serialVersionUID = 1L;
}
