package io.podidentity.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignedIdentity;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.k8s.crd.AzureAssignedIdentityResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordMappingTest {
  @Test
  void recordOfV1IsRead() {
    AssignedIdentity record = read(RecordFormatTest.fixture());

    assertThat(record.name()).isEqualTo(new NamespacedName("default", "web-team-demo"));
    assertThat(record.pod()).isEqualTo(new NamespacedName("team", "web"));
    assertThat(record.podUid()).isNull();
    assertThat(record.nodeName()).isEqualTo("aks-nodepool1-12345678-vmss000000");
    assertThat(record.state()).isEqualTo(AssignmentState.CREATED);
    assertThat(record.terminating()).isFalse();
    assertThat(record.binding().name()).isEqualTo(new NamespacedName("team", "demo-binding"));
    assertThat(record.binding().selector()).isEqualTo("demo");
    assertThat(record.identity().name()).isEqualTo(new NamespacedName("team", "demo"));
    assertThat(record.identity().namespacedOnly()).isFalse();
    assertThat(record.identity().generation()).isEqualTo(1);
    assertThat(record.identity().credential()).isInstanceOf(Credential.ManagedIdentity.class);
  }

  @Test
  void recordWithoutAnythingMatchesNoPodIdentityOrNode() {
    AssignedIdentity record =
        read(
            """
            {"metadata": {"name": "odd", "namespace": "default", "uid": "u", "resourceVersion": "7"}}
            """);

    assertThat(record.pod()).isEqualTo(new NamespacedName("-", "-"));
    assertThat(record.nodeName()).isEmpty();
    assertThat(record.identity().credential()).isInstanceOf(Credential.Unusable.class);
    assertThat(record.binding().selector()).isEmpty();
    assertThat(record.uid()).isEqualTo("u");
    assertThat(record.resourceVersion()).isEqualTo("7");
  }

  @ParameterizedTest
  @CsvSource({
    "{},ASSIGNED",
    "{\"status\": \"\"},ASSIGNED",
    "{\"status\": \"Created\"},CREATED",
    "{\"status\": \"Assigned\"},ASSIGNED",
    "{\"status\": \"Unassigned\"},UNASSIGNED",
    "{\"status\": \"assigned\"},CREATED"
  })
  void stateIsRead(String status, AssignmentState state) {
    assertThat(
            read("""
                    {"metadata": {"name": "odd", "namespace": "default"}, "status": %s}
                    """
                    .formatted(status))
                .state())
        .isEqualTo(state);
  }

  @Test
  void podUidIsReadFromTheAnnotationAndDeletionFromItsTime() {
    AssignedIdentity record =
        read(
            """
            {"metadata": {"name": "r", "namespace": "default",
               "annotations": {"podidentity.io/pod-uid": "u-7"},
               "deletionTimestamp": "2026-01-01T00:00:00Z"}}
            """);

    assertThat(record.podUid()).isEqualTo("u-7");
    assertThat(record.terminating()).isTrue();
  }

  private static AssignedIdentity read(String json) {
    return RecordMapping.record(Json.read(json, AzureAssignedIdentityResource.class));
  }
}
