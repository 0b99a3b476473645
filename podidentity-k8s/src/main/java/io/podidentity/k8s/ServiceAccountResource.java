package io.podidentity.k8s;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** A service account's metadata. */
@Group("")
@Version("v1")
@Kind("ServiceAccount")
@Plural("serviceaccounts")
final class ServiceAccountResource extends MetadataResource {
  private static final long serialVersionUID = 1L;
}
