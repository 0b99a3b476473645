/**
 * The custom resources of AAD Pod Identity v1 (group {@code aadpodidentity.k8s.io}, version {@code
 * v1}) as they are in JSON. Any field may be absent; numbers are of any size, since the API server
 * takes any. What these objects mean is the mapping's business.
 */
@NullMarked
package io.podidentity.k8s.crd;

import org.jspecify.annotations.NullMarked;
