package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error as Resource Manager words it. Immutable.
 *
 * @param status the HTTP status
 * @param code for programs, for example {@code ResourceNotFound}
 * @param message for people; clients nevertheless parse it
 * @param target the part of the request that is wrong, or null
 */
public record ArmError(int status, String code, String message, @Nullable String target) {

  /** An error without a target. */
  public static ArmError of(int status, String code, String message) {
    return new ArmError(status, code, message, null);
  }

  /** The members of the {@code error} object. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("code", code);
    members.put("message", message);
    if (target != null) {
      members.put("target", target);
    }
    return members;
  }

  Reply reply() {
    return Reply.json(status, Map.of("error", members()));
  }
}
