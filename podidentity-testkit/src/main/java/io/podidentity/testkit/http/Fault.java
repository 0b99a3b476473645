package io.podidentity.testkit.http;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One way in which a simulator misbehaves. Immutable; give it to {@link Faults#next}.
 *
 * @param kind what happens instead of, or to, the answer
 * @param reply the answer of {@link Kind#REPLY}; null for the others
 * @param delay how long the answer is held back in real time, zero or more
 * @param when the requests it applies to
 */
public record Fault(
    Kind kind, @Nullable Reply reply, Duration delay, Predicate<RecordedRequest> when) {

  /** What happens. */
  public enum Kind {
    /** The request is not handled; {@link Fault#reply} is answered. */
    REPLY,
    /** The request is handled and answered as usual, after the delay. */
    SLOW,
    /** The request is handled; half of the answer's body is sent, then the connection ends. */
    TRUNCATED,
    /** The request is not handled; 200 with a body that is no JSON. */
    GARBAGE,
    /** The request is not handled; the connection ends without an answer. */
    HANG_UP,
    /** The request is handled, but the connection ends without an answer. */
    HANG_UP_AFTERWARDS
  }

  /** Refuses what cannot be carried out. */
  public Fault {
    if ((kind == Kind.REPLY) != (reply != null)) {
      throw new IllegalArgumentException("a reply belongs to kind REPLY, and only to it: " + kind);
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative: " + delay);
    }
  }

  /** Answers {@code reply} without handling the request. */
  public static Fault reply(Reply reply) {
    return new Fault(Kind.REPLY, requireNonNull(reply, "reply"), Duration.ZERO, request -> true);
  }

  /** Answers a status without a body. */
  public static Fault status(int status) {
    return reply(Reply.empty(status));
  }

  /** Any kind but {@link Kind#REPLY}. */
  public static Fault of(Kind kind) {
    return new Fault(kind, null, Duration.ZERO, request -> true);
  }

  /** Handles the request as usual, after {@code delay}. */
  public static Fault slow(Duration delay) {
    return of(Kind.SLOW).after(delay);
  }

  /** The same fault, held back by {@code wait} of real time. */
  public Fault after(Duration wait) {
    return new Fault(kind, reply, wait, when);
  }

  /** The same fault, for requests only that {@code filter} accepts too. */
  public Fault on(Predicate<RecordedRequest> filter) {
    return new Fault(kind, reply, delay, when.and(filter));
  }

  /** The same fault, for one method and paths that contain {@code part}, ignoring case. */
  public Fault on(String method, String part) {
    return on(Requests.matching(method, part));
  }
}
