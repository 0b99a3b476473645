package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.podidentity.harness.Await;
import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.parts.RealPart;
import io.podidentity.harness.parts.RequiresRealPart;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@RequiresRealPart(RealPart.KUBE_APISERVER)
final class ServedDefinitionsTest {
  private static final Duration PUBLISHED = Duration.ofSeconds(60);

  @Test
  void oursLackNothingAndEachMayLook() {
    try (KubernetesClient nobody = TestCluster.shared().asNobody("looks-at-definitions")) {
      ServedDefinitions definitions = new ServedDefinitions(nobody);
      Await.asserted(PUBLISHED, () -> assertThat(definitions.missing()).isEmpty());
      assertThat(logged(definitions::warnOfOlderOnes)).isEmpty();
    }
  }

  @Test
  void whatOlderOnesLackIsSaidWithWhatToDo() throws IOException {
    try (KubeApiServer api = KubeApiServer.start();
        KubernetesClient admin = KubernetesClients.create(api.adminKubeconfig(), "test")) {
      ServedDefinitions definitions = new ServedDefinitions(admin);
      assertThat(definitions.missing())
          .containsExactly(
              "AzureAssignedIdentity",
              "AzureIdentity",
              "AzureIdentityBinding",
              "AzurePodIdentityException");

      for (var file : TestCluster.shared().definitions().toList()) {
        // As one from before there was such a field.
        api.apply(Files.readString(file).replace("adEndpoint:", "other:"));
      }

      Await.asserted(
          PUBLISHED,
          () ->
              assertThat(definitions.missing())
                  .containsExactly(
                      "AzureAssignedIdentity spec.azureIdentityRef.spec.adEndpoint",
                      "AzureIdentity spec.adEndpoint"));
      assertThat(logged(definitions::warnOfOlderOnes))
          .singleElement()
          .returns(Level.WARN, ILoggingEvent::getLevel)
          .extracting(ILoggingEvent::getFormattedMessage)
          .asString()
          .contains("apply deploy/crds")
          .contains("AzureIdentity spec.adEndpoint");
    }
  }

  @Test
  void anApiServerThatDoesNotAnswerIsNoOldDefinition() {
    KubernetesClient gone =
        KubernetesClients.create(TestCluster.shared().api().adminKubeconfig(), "test");
    gone.close();
    ServedDefinitions definitions = new ServedDefinitions(gone);
    assertThat(logged(definitions::warnOfOlderOnes))
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .startsWith("cannot look at the custom resource definitions");
  }

  /** So that a new field is not forgotten. */
  @Test
  void usedAreAllFieldsOfOursThatDoNotSayTheyAreNot() {
    try (KubernetesClient admin = TestCluster.shared().asAdmin()) {
      admin.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
          .filter(definition -> definition.getSpec().getGroup().equals("aadpodidentity.k8s.io"))
          .forEach(
              definition -> {
                Set<String> fields = new TreeSet<>();
                collect(
                    "",
                    definition.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema(),
                    fields);
                String kind = definition.getSpec().getNames().getKind();
                if (!kind.equals("AzureAssignedIdentity")) {
                  // That of a record alone is used.
                  fields.remove("status.status");
                }
                assertThat(ServedDefinitions.USED.get(kind))
                    .as(kind)
                    .containsExactlyInAnyOrderElementsOf(fields);
              });
    }
  }

  private static List<ILoggingEvent> logged(Runnable action) {
    Logger logger = (Logger) LoggerFactory.getLogger(ServedDefinitions.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      action.run();
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list;
  }

  private static void collect(String path, JSONSchemaProps schema, Set<String> fields) {
    boolean written = path.startsWith("spec") || path.equals("status.status");
    if (schema.getProperties() == null || schema.getProperties().isEmpty()) {
      if (written
          && !path.matches(".*(metadata|kind|apiVersion|availableReplicas)")
          && !"Not used.".equals(schema.getDescription())) {
        fields.add(path);
      }
      return;
    }
    schema
        .getProperties()
        .forEach(
            (name, inner) -> collect(path.isEmpty() ? name : path + "." + name, inner, fields));
  }
}
