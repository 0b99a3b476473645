package io.podidentity.api.explain;

import io.podidentity.api.ErrorReason;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One step on the way of a request.
 *
 * @param part what was looked at
 * @param verdict what came of it
 * @param code what is the matter: of an {@link ErrorReason} or a {@link Finding}; empty if nothing
 * @param text what was found, for people; holds no secret; not empty
 * @param next the next command to run; empty if none helps
 */
public record Step(Part part, Verdict verdict, String code, String text, String next) {
  /** Refuses null. */
  public Step {
    Objects.requireNonNull(part, "part");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(next, "next");
  }

  /** What is looked at, in the order of the path. */
  public enum Part {
    /** The pod that asks. */
    POD,
    /** Its node, and NMI there. */
    NODE,
    /** Whether its requests reach NMI. */
    REDIRECT,
    /** Whether it is exempt. */
    EXEMPTION,
    /** Its label. */
    LABEL,
    /** The bindings that select it, and the identities that they name. */
    BINDING,
    /** What MIC can do, and said. */
    MIC,
    /** What is recorded for it. */
    RECORD,
    /** What the request names. */
    CHOICE,
    /** The token service. */
    TOKEN,
    /** What NMI answers. */
    ANSWER;

    /** The stable, lower-case name. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What came of a look. */
  public enum Verdict {
    /** As it should be. */
    OK,
    /** Keeps this request from nothing, and is worth knowing. */
    WARNING,
    /** Keeps the pod from its token. */
    WRONG,
    /** It could not be looked at. */
    UNKNOWN;

    /** The stable, lower-case name. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Step ok(Part part, String text) {
    return new Step(part, Verdict.OK, "", text, "");
  }

  static Step unknown(Part part, String text, String next) {
    return new Step(part, Verdict.UNKNOWN, "", text, next);
  }

  static Step of(Part part, Verdict verdict, Finding finding, String text, @Nullable String next) {
    return new Step(part, verdict, finding.code(), text, next == null ? "" : next);
  }

  static Step of(
      Part part, Verdict verdict, ErrorReason reason, String text, @Nullable String next) {
    return new Step(part, verdict, reason.code(), text, next == null ? "" : next);
  }
}
