package io.podidentity.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks for what must not be in a log. Not thread-safe. */
final class LogGuard {

  /** How each token begins that the simulated Azure issues, and the secrets that tests plant. */
  private static final List<String> SECRETS = List.of("eyJ", "s3cret", "gu3ss", "p4ss");

  private final Map<Path, Long> seen = new HashMap<>();

  /** The lines of a log, since the last call, that hold something secret. */
  List<String> newLinesWithSecrets(Path log) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.min(seen.getOrDefault(log, 0L), file.length()));
      byte[] news = new byte[Math.toIntExact(file.length() - file.getFilePointer())];
      file.readFully(news);
      seen.put(log, file.getFilePointer());
      return new String(news, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> SECRETS.stream().anyMatch(line::contains))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
