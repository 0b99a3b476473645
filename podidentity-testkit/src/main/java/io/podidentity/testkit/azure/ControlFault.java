package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Faults;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fault as JSON.
 *
 * @param kind {@code reply}, {@code slow}, {@code truncated}, {@code garbage}, {@code hang-up} or
 *     {@code hang-up-afterwards}; null for {@code reply}
 * @param times how many requests; null for one, 0 until cleared
 * @param status of a {@code reply}
 * @param body of a {@code reply}; null for none
 * @param headers of a {@code reply}; null for none
 * @param delayMillis before anything is answered; null for none
 * @param method the requests it applies to; null for all
 * @param pathContains the requests it applies to; null for all
 */
record ControlFault(
    @Nullable String kind,
    @Nullable Integer times,
    @Nullable Integer status,
    @Nullable String body,
    @Nullable Map<String, String> headers,
    @Nullable Long delayMillis,
    @Nullable String method,
    @Nullable String pathContains) {

  void schedule(Faults faults) {
    Fault fault = fault();
    if (times != null && times == 0) {
      faults.always(fault);
    } else {
      faults.next(times == null ? 1 : times, fault);
    }
  }

  private Fault fault() {
    String word = kind == null ? "REPLY" : kind.toUpperCase(Locale.ROOT).replace('-', '_');
    Fault.Kind wanted = Fault.Kind.valueOf(word);
    Fault fault = wanted == Fault.Kind.REPLY ? Fault.reply(reply()) : Fault.of(wanted);
    if (delayMillis != null) {
      fault = fault.after(Duration.ofMillis(delayMillis));
    }
    if (method != null) {
      fault = fault.on(request -> request.method().equals(method));
    }
    if (pathContains != null) {
      String part = pathContains.toLowerCase(Locale.ROOT);
      fault = fault.on(request -> request.path().toLowerCase(Locale.ROOT).contains(part));
    }
    return fault;
  }

  private Reply reply() {
    if (status == null) {
      throw new IllegalArgumentException("a fault of kind reply needs a status");
    }
    return new Reply(status, headers == null ? Map.of() : headers, body == null ? "" : body);
  }
}
