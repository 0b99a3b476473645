package io.podidentity.bin;

import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Finding;
import io.podidentity.api.explain.Step.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a doctor finds, one after the other, and what both doctors find alike. */
public final class Findings {
  /** Leases are shorter; tokens and certificates bear more. */
  private static final Duration MOST_SKEW = Duration.ofSeconds(60);

  private final List<Report.Line> lines = new ArrayList<>();

  /** All is well with a part. */
  public void ok(String part, String text) {
    lines.add(new Report.Line(part, Verdict.OK, "", text, ""));
  }

  /** Something is the matter with a part. */
  public void add(String part, Verdict verdict, String code, String text, String next) {
    lines.add(new Report.Line(part, verdict, code, text, next));
  }

  /** Something is wrong with a part. */
  public void wrong(String part, Finding finding, String text, String next) {
    add(part, Verdict.WRONG, finding.code(), text, next);
  }

  /** Looks at a part; what is thrown on the way is what is wrong with it. */
  public void look(String part, Consumer<String> look) {
    try {
      look.accept(part);
    } catch (PodIdentityException e) {
      add(part, Verdict.WRONG, e.reason().code(), String.valueOf(e.getMessage()), "");
    }
  }

  /** The rights that are missing; none is well. */
  public void rights(String part, Collection<?> missing) {
    if (missing.isEmpty()) {
      ok(part, "the service account has all rights that this program needs");
    }
    missing.forEach(
        right ->
            wrong(
                part,
                Finding.PERMISSION_MISSING,
                "whoever runs this may not " + right,
                "kubectl apply -f deploy/rbac, or helm upgrade"));
  }

  /** What the definitions of the custom resources lack, a kind or a field of one; none is well. */
  public void definitions(String part, Collection<String> missing) {
    if (missing.isEmpty()) {
      ok(part, "the definitions of the custom resources are those of this version");
    }
    missing.forEach(
        lacking ->
            wrong(
                part,
                Finding.DEFINITION_OUTDATED,
                "the API server does not serve " + lacking,
                "kubectl apply -f deploy/crds"));
  }

  /** How far the other side's clock is ahead; empty if it does not tell. */
  public void clock(String part, String whose, Optional<Duration> ahead) {
    if (ahead.isEmpty()) {
      add(part, Verdict.UNKNOWN, "", whose + " does not tell its time", "");
    } else if (ahead.get().abs().compareTo(MOST_SKEW) > 0) {
      wrong(
          part,
          Finding.CLOCK_SKEWED,
          "the clock of %s is %d s %s"
              .formatted(
                  whose,
                  ahead.get().abs().toSeconds(),
                  ahead.get().isNegative() ? "behind" : "ahead"),
          "timedatectl");
    } else {
      ok(part, "the clock of %s is within a minute".formatted(whose));
    }
  }

  /** All of them so far. */
  public Report report(String subject) {
    return new Report(subject, lines);
  }
}
