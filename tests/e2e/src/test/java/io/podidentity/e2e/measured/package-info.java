/**
 * What is measured of MIC, for {@code tests/benchmarks/mic.sh}: MIC from its distribution as real
 * processes, a real kube-apiserver with RBAC and etcd, and a simulated Azure in this JVM, all on
 * the loopback device. Each class is one measurement. None fails because a goal is missed, and no
 * build runs them: their names do not end in IT.
 */
@NullMarked
package io.podidentity.e2e.measured;

import org.jspecify.annotations.NullMarked;
