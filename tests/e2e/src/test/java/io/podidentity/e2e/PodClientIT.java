package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Azure's SDKs as they are, in pods. They know one address, the metadata service's, and no pod has
 * a way to it but the redirect.
 */
@EndToEnd
final class PodClientIT {

  /** v1's "should pass the identity validation". */
  @ParameterizedTest
  @EnumSource
  void getsATokenByClientIdByResourceIdAndWithout(
      PodClient client, EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    BoundIdentity billing = scene.identity("billing");
    TestPod pod = scene.boundPod("orders", cluster.firstInstance(), orders);
    scene.bind(billing, "orders");
    scene.awaitAssigned(pod, billing);

    assertThat(
            client.identitiesSeenIn(
                pod,
                "client-id=" + orders.clientId(),
                "resource-id=" + billing.resourceId(),
                "any"))
        .containsExactly(orders.clientId(), billing.clientId(), billing.clientId());
  }

  /** It looks first whether there is a metadata service, without its header and for a second. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MSAL4J")
  void defaultCredentialFindsTheMetadataService(
      PodClient client, EndToEndCluster cluster, Scene scene) {
    BoundIdentity orders = scene.identity("orders");
    TestPod pod = scene.boundPod("orders", cluster.firstInstance(), orders);

    assertThat(client.identitiesSeenIn(pod, "default-credential"))
        .containsExactly(orders.clientId());
  }
}
