package io.podidentity.nmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
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
  private static final Path DOCUMENT = Path.of("..", "docs", "refusals.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| ([0-9/]+) \\|");

  @Test
  void everyCodeIsDocumentedWithItsStatusesAndNoOther() throws IOException {
    Map<String, Set<Integer>> documented = new TreeMap<>();
    for (MatchResult row : ROW.matcher(Files.readString(DOCUMENT)).results().toList()) {
      Set<Integer> statuses =
          Arrays.stream(row.group(2).split("/", -1))
              .map(Integer::valueOf)
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(documented.put(row.group(1), statuses)).as(row.group(1)).isNull();
    }

    Map<String, Set<Integer>> known = new TreeMap<>();
    for (RefusalCause cause : RefusalCause.values()) {
      known.put(cause.code(), statuses(cause));
    }
    assertThat(documented).isEqualTo(known);
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
            ErrorReason.TARGET_REJECTED,
            ErrorReason.TARGET_UNAVAILABLE,
            ErrorReason.CLUSTER_CONFLICT,
            ErrorReason.REDIRECT_FAILED,
            ErrorReason.CONFIGURATION_INVALID);
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
