package io.podidentity.azure.arm;

import io.podidentity.api.model.ClientId;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Resource Manager says of a refusal, made fit for logs and events: which action is missing on
 * what, and who lacks it, stands nowhere else. One line of 500 characters at most, without what
 * differs from answer to answer (else each would be an event of its own), and without what might be
 * a secret. Client IDs are shortened as everywhere; object IDs, which roles are given to, are not.
 */
final class ArmMessage {
  private static final int MOST_CHARACTERS = 500;

  /** Other blanks, line ends, control characters, and those that turn the direction of text. */
  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}\\p{C}]+");

  /** Where something is; the request says so already. */
  private static final Pattern SCOPE =
      Pattern.compile("(?i)/subscriptions/[^/\\s'\"]+/resourceGroups/[^/\\s'\"]+/providers/");

  private static final Pattern CLIENT =
      Pattern.compile(
          "(?i)\\b(client '|client ?id:? '?)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

  private static final Pattern OF_ONE_ANSWER =
      Pattern.compile(
          "(?i)(correlation|trace|tracking|request|activity|operation)[ -]?id:? ?['\"]?[0-9a-f-]{32,}"
              + "|\\btimestamp:? ?['\"]?\\d[\\d:.TZ -]*"
              + "|\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d[\\d:.Z]*");

  private static final Pattern SECRETS =
      Pattern.compile(
          // Tokens, and what stands where one is to be expected.
          "eyJ[\\w.+/=-]+"
              + "|(?i:\\b(bearer|basic) +)[^\\s'\",;]+"
              + "|(?i:(secret|password|pwd|token|key|sig|signature|assertion)['\"]? ?[=:] ?)[^\\s,;]+"
              // What follows the name in a URL, or stands before it.
              + "|\\?[^\\s'\"]+|(?<=://)[^\\s/@]+@"
              // Names of resources have no such length, as a rule.
              + "|[\\w+=~.-]{64,}");

  private ArmMessage() {}

  /** Empty if there is nothing to show. */
  static String shown(@Nullable String message) {
    if (message == null) {
      return "";
    }
    String line = BLANKS.matcher(message).replaceAll(" ").strip();
    line = OF_ONE_ANSWER.matcher(line).replaceAll("…");
    line = SCOPE.matcher(line).replaceAll("…/");
    line = CLIENT.matcher(line).replaceAll(ArmMessage::shortened);
    line = SECRETS.matcher(line).replaceAll("…");
    return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS - 1) + "…";
  }

  private static String shortened(MatchResult found) {
    return Matcher.quoteReplacement(found.group(1) + new ClientId(found.group(2)));
  }
}
