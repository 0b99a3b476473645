package io.podidentity.testkit;

import static io.podidentity.testkit.PlantedDefects.stale;
import static io.podidentity.testkit.PlantedDefects.unforgetting;

import io.podidentity.api.model.SecretData;
import io.podidentity.api.spi.BindingDirectory;
import io.podidentity.api.spi.ExemptionDirectory;
import io.podidentity.api.spi.ReplicaSetDirectory;
import io.podidentity.api.spi.SecretReader;
import io.podidentity.testkit.contract.BindingDirectoryContract;
import io.podidentity.testkit.contract.ExemptionDirectoryContract;
import io.podidentity.testkit.contract.ReplicaSetDirectoryContract;
import io.podidentity.testkit.contract.SecretReaderContract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The contracts of the smaller look-ups find what is wrong with a double, clause by clause. */
final class LookUpDefectsTest {
  @Test
  void bindingDirectory() {
    PlantedDefects.areFound(
        BindingDirectoryContract.class,
        Bindings.class,
        List.of(
            new Defect(
                "looks into all namespaces",
                "bindings",
                2,
                call -> call.proceedWith("default", call.argument(1))),
            new Defect(
                "gives one binding",
                "bindings",
                2,
                call -> call.<List<?>>result().stream().limit(1).toList()),
            stale("identity", 1),
            unforgetting("describedIds", 0)));
  }

  /** With the planted defect, as all below. */
  static class Bindings extends InMemoryBindingDirectoryTest {
    @Override
    protected BindingDirectory directory() {
      return Defect.in(BindingDirectory.class, super.directory());
    }
  }

  @Test
  void exemptionDirectory() {
    PlantedDefects.areFound(
        ExemptionDirectoryContract.class,
        ExemptOnes.class,
        List.of(unforgetting("inNamespace", 1), stale("inNamespace", 1)));
  }

  static class ExemptOnes extends InMemoryExemptionDirectoryTest {
    @Override
    protected ExemptionDirectory directory() {
      return Defect.in(ExemptionDirectory.class, super.directory());
    }
  }

  @Test
  void replicaSetDirectory() {
    PlantedDefects.areFound(
        ReplicaSetDirectoryContract.class,
        ReplicaSets.class,
        List.of(
            new Defect("takes each for live", "isLive", 2, PlantedDefects.soon(true)),
            stale("isLive", 2)));
  }

  static class ReplicaSets extends InMemoryReplicaSetDirectoryTest {
    @Override
    protected ReplicaSetDirectory directory() {
      return Defect.in(ReplicaSetDirectory.class, super.directory());
    }
  }

  @Test
  void secretReader() {
    PlantedDefects.areFound(
        SecretReaderContract.class,
        Secrets.class,
        List.of(
            new Defect(
                "takes bytes for text",
                "read",
                1,
                call -> call.<Optional<SecretData>>result().map(LookUpDefectsTest::asText)),
            stale("read", 1),
            new Defect(
                "takes an empty one for none",
                "read",
                1,
                call ->
                    call.<Optional<SecretData>>result()
                        .filter(secret -> !secret.entries().isEmpty()))),
        // SecretData's own affair.
        "secretDoesNotPrintWhatItHolds");
  }

  private static SecretData asText(SecretData secret) {
    Map<String, byte[]> entries = new TreeMap<>();
    secret
        .entries()
        .forEach(
            (key, value) ->
                entries.put(
                    key,
                    new String(value, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8)));
    return new SecretData(entries);
  }

  static class Secrets extends InMemorySecretsTest {
    @Override
    protected SecretReader reader() {
      return Defect.in(SecretReader.class, super.reader());
    }
  }
}
