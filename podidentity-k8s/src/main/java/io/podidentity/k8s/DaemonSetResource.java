package io.podidentity.k8s;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** A DaemonSet's metadata. */
@Group("apps")
@Version("v1")
@Kind("DaemonSet")
@Plural("daemonsets")
final class DaemonSetResource extends MetadataResource {
  private static final long serialVersionUID = 1L;
}
