package io.podidentity.e2e;

import io.podidentity.harness.process.CommandResult;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code nmi explain --output=json}, or a doctor, said.
 *
 * @param exitCode of the command
 * @param json its output
 */
record Explained(int exitCode, JsonNode json) {

  static Explained of(CommandResult result) {
    if (result.stdout().isEmpty()) {
      throw new AssertionError("exit code " + result.exitCode() + ": " + result.stderr());
    }
    return new Explained(result.exitCode(), JsonMapper.shared().readTree(result.stdout()));
  }

  /** The first cause; empty if nothing is wrong. */
  String cause() {
    return json.path("cause").asString();
  }

  boolean isWell() {
    return json.path("well").asBoolean();
  }

  /** The codes of the steps with that verdict. */
  List<String> codes(String verdict) {
    return json.path("steps")
        .valueStream()
        .filter(step -> step.path("verdict").asString().equals(verdict))
        .map(step -> step.path("code").asString())
        .toList();
  }

  /** The verdicts about that part. */
  List<String> verdicts(String part) {
    return json.path("steps")
        .valueStream()
        .filter(step -> step.path("part").asString().equals(part))
        .map(step -> step.path("verdict").asString())
        .toList();
  }
}
