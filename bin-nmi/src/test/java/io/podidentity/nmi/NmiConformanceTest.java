package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.model.AssignmentState;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.conformance.ConformanceOptions;
import io.podidentity.testkit.conformance.ConformanceReport;
import io.podidentity.testkit.conformance.ConformanceReport.Row;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the test kit asks of any token endpoint, asked of NMI with a metadata service behind it. */
final class NmiConformanceTest {
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";

  @Test
  void nmiHoldsAllButWhatAadPodIdentityV1DoesNotAskFor() throws IOException {
    FakeAzure azure = new FakeAzure(Clock.systemUTC());
    azure.createCompute(MACHINE);
    try (FakeImds imds = FakeImds.startFor(azure, MACHINE);
        TestNmi nmi = new TestNmi(TestNmi.Settings.DEFAULT.withMetadata(imds.uri()))) {
      nmi.record(nmi.pod("web", "127.0.0.1"), TestNmi.identity("one"), AssignmentState.ASSIGNED);

      ConformanceReport report = run(nmi);

      assertThat(report.isConformant()).as(report.table()).isTrue();
      // v1's token path takes any method, and needs no version.
      assertThat(report.rows())
          .filteredOn(row -> !row.passed())
          .extracting(Row::name)
          .containsExactly("no token for POST", "a request needs an api-version");
    }
  }

  private static ConformanceReport run(TestNmi nmi) {
    ConformanceOptions options =
        ConformanceOptions.parse(
            List.of("--endpoint=http://127.0.0.1:" + nmi.port(), "--timeout=20"));
    CompletableFuture<ConformanceReport> run =
        CompletableFuture.supplyAsync(() -> ConformanceReport.of(options, nmi.clock));
    while (!run.isDone()) {
      // A request for an identity that is not there is held, for it may come.
      if (nmi.cluster.waiting() > 0) {
        nmi.timer.advance(Duration.ofSeconds(100));
      }
      Thread.onSpinWait();
    }
    return run.join();
  }
}
