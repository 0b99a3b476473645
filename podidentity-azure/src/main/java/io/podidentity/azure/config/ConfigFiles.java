package io.podidentity.azure.config;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads files of bounded size, and says in one line what is wrong with those that it cannot read.
 */
final class ConfigFiles {
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private ConfigFiles() {}

  /** The text of a file in UTF-8, without a byte order mark. */
  static String text(Path file, String what) {
    byte[] bytes = bytes(file, what);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw invalid(file, what, "it is not text in UTF-8");
    }
  }

  /** The files of a folder that can be opened, links followed, in the order of their names. */
  static List<Path> in(Path folder, String what) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).filter(Files::isReadable).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw invalid(folder, what, "it cannot be read");
    }
  }

  static PodIdentityException invalid(Path file, String what, String problem) {
    return new PodIdentityException(
        ErrorReason.CONFIGURATION_INVALID, "%s %s: %s".formatted(what, file, problem));
  }

  private static byte[] bytes(Path file, String what) {
    if (Files.isDirectory(file)) {
      throw invalid(file, what, "it is a folder");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw invalid(file, what, "it is longer than 16 MiB");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw invalid(file, what, "there is no such file");
    } catch (AccessDeniedException e) {
      throw invalid(file, what, "this process may not read it");
    } catch (IOException e) {
      throw new PodIdentityException(
          ErrorReason.CONFIGURATION_INVALID, "%s %s: cannot be read".formatted(what, file), e);
    }
  }
}
