package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RefusalCauseTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "troubleshooting.md");
  private static final Pattern SECTION =
      Pattern.compile(
          "(?m)^### `([a-z0-9-]+)`\n\n(?:HTTP ([0-9/]+)\\. )?\\S.*\n\n- See: \\S.*\n- Do: \\S");

  @Test
  void everyCodeHasASectionWithItsStatusesAndNoOther() throws IOException {
    Map<String, Set<Integer>> documented = new TreeMap<>();
    String text = Files.readString(DOCUMENT);
    for (MatchResult section : SECTION.matcher(text).results().toList()) {
      assertThat(documented.put(section.group(1), statuses(section.group(2))))
          .as(section.group(1))
          .isNull();
    }

    Map<String, Set<Integer>> known = new TreeMap<>();
    for (Finding finding : Finding.values()) {
      known.put(finding.code(), Set.of());
    }
    for (ErrorReason reason : ErrorReason.values()) {
      known.put(reason.code(), Set.of());
    }
    for (RefusalCause cause : RefusalCause.values()) {
      known.put(cause.code(), statuses(cause));
    }
    assertThat(documented).isEqualTo(known);
    assertThat(documented).hasSize((int) text.lines().filter(it -> it.startsWith("###")).count());
  }

  @Test
  void findingsAreNoReasons() {
    Set<String> reasons =
        Arrays.stream(RefusalCause.values()).map(RefusalCause::code).collect(Collectors.toSet());
    Arrays.stream(ErrorReason.values()).map(ErrorReason::code).forEach(reasons::add);

    assertThat(Finding.values())
        .extracting(Finding::code)
        .doesNotHaveDuplicates()
        .allMatch(code -> code.matches("[a-z0-9]+(-[a-z0-9]+)*"))
        .doesNotContainAnyElementsOf(reasons);
  }

  @Test
  void codesAreDistinctLowerCaseWords() {
    assertThat(RefusalCause.values())
        .extracting(RefusalCause::code)
        .doesNotHaveDuplicates()
        .allMatch(code -> code.matches("[a-z]+(-[a-z]+)*"));
  }

  // MIC's; one that is new has to be looked at.
  @Test
  void reasonsThatAreNoAnswerToAPodAreInternalErrors() {
    Set<ErrorReason> internal = EnumSet.noneOf(ErrorReason.class);
    for (ErrorReason reason : ErrorReason.values()) {
      if (RefusalCause.of(reason) == RefusalCause.INTERNAL_ERROR) {
        internal.add(reason);
      } else {
        assertThat(RefusalCause.of(reason).code()).isEqualTo(reason.code());
      }
    }

    assertThat(internal)
        .containsExactlyInAnyOrder(
            ErrorReason.TARGET_NOT_FOUND,
            ErrorReason.TARGET_NOT_PERMITTED,
            ErrorReason.TARGET_REJECTED,
            ErrorReason.TARGET_UNAVAILABLE,
            ErrorReason.CLUSTER_CONFLICT,
            ErrorReason.REDIRECT_FAILED,
            ErrorReason.CONFIGURATION_INVALID);
  }

  private static Set<Integer> statuses(String text) {
    return text == null
        ? Set.of()
        : Arrays.stream(text.split("/", -1))
            .map(Integer::valueOf)
            .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<Integer> statuses(RefusalCause cause) {
    if (!cause.isReason()) {
      return Set.of(cause.refusal("").status());
    }
    Set<Integer> statuses = new TreeSet<>();
    for (ErrorReason reason : ErrorReason.values()) {
      if (RefusalCause.of(reason) == cause) {
        PodIdentityException error = new PodIdentityException(reason, "");
        for (boolean flag : new boolean[] {false, true}) {
          statuses.add(new ErrorResponses(flag).toPod(error).status());
          statuses.add(new ErrorResponses(flag).toHost(error).status());
        }
      }
    }
    return statuses;
  }
}
