package io.podidentity.e2e;

import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * On a test class that uses the cluster: its methods take an {@link EndToEndCluster}, which all
 * classes of the run share, and a {@link Scene} of their own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@RequiresRealPart({
  RealPart.KUBE_APISERVER,
  RealPart.NETWORK_NAMESPACES,
  RealPart.IPTABLES_NFT,
  RealPart.CURL
})
@ExtendWith(ClusterExtension.class)
@interface EndToEnd {}
