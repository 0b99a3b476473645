package io.podidentity.harness.kube;

import io.podidentity.harness.Await;
import java.time.Duration;

/** Applies manifests. */
final class Manifests {

  private static final Duration SERVED = Duration.ofSeconds(30);
  private static final String DEFINITION = "customresourcedefinition.apiextensions.k8s.io/";

  private Manifests() {}

  static void apply(KubernetesApi api, String yaml) {
    api.kubectlWithInput(yaml, "apply", "-f", "-", "-o", "name")
        .lines()
        .filter(name -> name.startsWith(DEFINITION))
        .map(name -> name.substring(DEFINITION.length()))
        .forEach(definition -> awaitServed(api, definition));
  }

  /**
   * A definition is established before its resource can be listed: for some seconds more it is
   * unknown or answered with 429 or 503.
   */
  private static void awaitServed(KubernetesApi api, String definition) {
    Await.value(
        "a list of " + definition,
        SERVED,
        () -> api.kubectl("get", definition, "-A", "-o", "name"));
  }
}
