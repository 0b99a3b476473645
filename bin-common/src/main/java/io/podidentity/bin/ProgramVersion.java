package io.podidentity.bin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;

/**
 * Which build of which program this is.
 *
 * @param program its name in lower case, for example {@code nmi}
 * @param version the version, for example {@code 0.1.0}
 * @param commit the source's commit; {@code unknown} if the build was not told
 * @param buildDate the build's time stamp, as ISO 8601
 */
public record ProgramVersion(String program, String version, String commit, String buildDate) {
  private static final String RESOURCE = "build.properties";

  public ProgramVersion {
    Objects.requireNonNull(program, "program");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(commit, "commit");
    Objects.requireNonNull(buildDate, "buildDate");
  }

  /** What the build wrote down about itself. */
  public static ProgramVersion ofThisBuild(String program) {
    Properties build = new Properties();
    try (InputStream in = ProgramVersion.class.getResourceAsStream(RESOURCE)) {
      build.load(Objects.requireNonNull(in, RESOURCE));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE + " of this program's jar", e);
    }
    return new ProgramVersion(
        program,
        build.getProperty("version", "unknown"),
        build.getProperty("commit", "unknown"),
        build.getProperty("date", "unknown"));
  }

  /**
   * What {@code --version} prints: AAD Pod Identity v1's line, in which either program names both,
   * as they are built together.
   */
  public String line() {
    return "MIC Version: %s - NMI Version: %s - Commit: %s - Date: %s"
        .formatted(version, version, commit, buildDate);
  }

  /**
   * The user agent of all calls to Azure and Kubernetes, in AAD Pod Identity v1's form: {@code
   * aad-pod-identity/NMI/VERSION/COMMIT/DATE CUSTOM}.
   *
   * @param custom what {@code --custom-user-agent} says; may be empty
   */
  public String userAgent(String custom) {
    String agent =
        String.join(
            "/", "aad-pod-identity", program.toUpperCase(Locale.ROOT), version, commit, buildDate);
    return custom.isEmpty() ? agent : agent + " " + custom;
  }
}
