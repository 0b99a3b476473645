package io.podidentity.harness.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The API server's audit log: one event in JSON (audit.k8s.io/v1) a line for each request of a
 * service account, written before it is answered; and for each watch one when it begins and one
 * when it ends. Who may do everything is not in it.
 *
 * @param policy the file that says so
 * @param file the log
 */
public record AuditLog(Path policy, Path file) {

  private static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
        - level: Metadata
          userGroups: ["system:serviceaccounts"]
        - level: None
      """;

  static AuditLog in(Path folder) {
    try {
      Path policy = Files.writeString(folder.resolve("audit-policy.yaml"), POLICY);
      return new AuditLog(policy, folder.resolve("audit.log"));
    } catch (IOException e) {
      throw new UncheckedIOException("writing the audit policy", e);
    }
  }

  /** All events so far, oldest first. */
  public List<String> events() {
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      // Behind the last end of a line there may be the beginning of one.
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }
}
