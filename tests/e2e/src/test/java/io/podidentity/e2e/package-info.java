/**
 * The whole system on real parts, each in a network namespace of its own: kube-apiserver with RBAC
 * and etcd, MIC and NMI as JVMs started from their distributions with v1's flags, the kernel's
 * iptables, pods behind veth pairs, and one simulated Azure. What plays a part that is not there:
 * {@link io.podidentity.harness.kube.KubeletStandIn} for kubelets and scheduler, {@code curl} in a
 * pod's namespace for its containers. The test's own JVM stays outside and acts by {@code ip netns
 * exec} only.
 */
@NullMarked
package io.podidentity.e2e;

import org.jspecify.annotations.NullMarked;
