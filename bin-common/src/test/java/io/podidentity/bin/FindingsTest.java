package io.podidentity.bin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Step.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FindingsTest {
  private final Findings found = new Findings();

  @Test
  void clockMayDifferByAMinute() {
    found.clock("clock", "the API server", Optional.of(Duration.ofMinutes(1)));
    found.clock("clock", "the API server", Optional.of(Duration.ofMinutes(-1)));
    assertThat(found.report("NMI").isWell()).isTrue();

    found.clock("clock", "the API server", Optional.of(Duration.ofSeconds(-61)));

    assertThat(found.report("NMI").cause()).isEqualTo("clock-skewed");
    assertThat(last().text()).isEqualTo("the clock of the API server is 61 s behind");
  }

  @Test
  void clockThatIsNotToldIsUnknown() {
    found.clock("clock", "the API server", Optional.empty());

    assertThat(last().verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(found.report("NMI").isWell()).isTrue();
  }

  @Test
  void eachRightAndEachDefinitionThatIsMissingIsNamed() {
    found.rights("permissions", List.of());
    found.definitions("definitions", Set.of());
    assertThat(found.report("NMI").isWell()).isTrue();

    found.rights("permissions", List.of("list pods", "watch pods"));
    found.definitions("definitions", Set.of("AzureIdentity spec.adEndpoint"));

    Report report = found.report("NMI");
    assertThat(report.cause()).isEqualTo("permission-missing");
    assertThat(report.lines())
        .filteredOn(line -> line.verdict() == Verdict.WRONG)
        .extracting(Report.Line::code, Report.Line::text)
        .containsExactly(
            tuple("permission-missing", "whoever runs this may not list pods"),
            tuple("permission-missing", "whoever runs this may not watch pods"),
            tuple(
                "definition-outdated",
                "the API server does not serve AzureIdentity spec.adEndpoint"));
  }

  @Test
  void whatIsThrownIsWhatIsWrongAndTheOthersAreLookedAt() {
    found.look(
        "cluster",
        part -> {
          throw new PodIdentityException(ErrorReason.CLUSTER_UNAVAILABLE, "nobody answers");
        });
    found.look("imds", part -> found.ok(part, "it answers"));

    Report report = found.report("NMI");
    assertThat(report.cause()).isEqualTo("cluster-unavailable");
    assertThat(report.lines()).extracting(Report.Line::part).containsExactly("cluster", "imds");
  }

  private Report.Line last() {
    List<Report.Line> lines = found.report("NMI").lines();
    return lines.get(lines.size() - 1);
  }
}
