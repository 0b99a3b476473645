import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Takes out of jars what a program that runs does not need: the tables of local variables, which
 * the JVM keeps in memory for debuggers, and signatures. The classes of a signed jar stay out of an
 * ahead-of-time cache, and each is compared with its hash when it is loaded. Line numbers stay.
 *
 * <p>{@code java Slim.java JAR…}; entries get the time of the variable SOURCE_DATE_EPOCH.
 */
final class Slim {
  private static final String SIGNATURE = "META-INF/[^/]+\\.(SF|RSA|DSA|EC)";
  private static final Set<String> VARIABLES =
      Set.of("LocalVariableTable", "LocalVariableTypeTable");

  private final ByteBuffer in;
  private final ByteBuffer out;
  private final Set<Integer> variables = new HashSet<>();
  private int code;

  private Slim(byte[] type) {
    in = ByteBuffer.wrap(type);
    out = ByteBuffer.allocate(type.length);
  }

  public static void main(String[] jars) throws IOException {
    long epoch = Long.parseLong(System.getenv("SOURCE_DATE_EPOCH"));
    LocalDateTime time = LocalDateTime.ofEpochSecond(epoch, 0, ZoneOffset.UTC);
    for (String jar : jars) {
      Path slim = Path.of(jar + ".slim");
      copy(Path.of(jar), slim, time);
      Files.move(slim, Path.of(jar), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void copy(Path jar, Path slim, LocalDateTime time) throws IOException {
    try (ZipFile from = new ZipFile(jar.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(slim))) {
      Comparator<ZipEntry> byName = Comparator.comparing(ZipEntry::getName);
      for (ZipEntry entry : from.stream().sorted(byName).toList()) {
        String name = entry.getName();
        if (name.matches(SIGNATURE)) {
          continue;
        }
        byte[] content = from.getInputStream(entry).readAllBytes();
        ZipEntry copy = new ZipEntry(name);
        copy.setTimeLocal(time);
        to.putNextEntry(copy);
        to.write(name.endsWith(".class") ? new Slim(content).type() : content);
      }
    }
  }

  /** The class file, by chapter 4 of the JVM's specification. */
  private byte[] type() {
    take(8);
    constants();
    take(6);
    take(2 * takeShort());
    // Fields, then methods.
    for (int kind = 0; kind < 2; kind++) {
      for (int members = takeShort(); members > 0; members--) {
        take(6);
        attributes(false);
      }
    }
    take(in.remaining());
    return Arrays.copyOf(out.array(), out.position());
  }

  private void constants() {
    int count = takeShort();
    for (int index = 1; index < count; index++) {
      int tag = in.get(in.position());
      take(1);
      switch (tag) {
        case 1 -> {
          int length = takeShort();
          String text = new String(in.array(), in.position(), length, StandardCharsets.UTF_8);
          if (VARIABLES.contains(text)) {
            variables.add(index);
          } else if (text.equals("Code")) {
            code = index;
          }
          take(length);
        }
        case 3, 4, 9, 10, 11, 12, 17, 18 -> take(4);
        case 5, 6 -> {
          take(8);
          index++;
        }
        case 7, 8, 16, 19, 20 -> take(2);
        case 15 -> take(3);
        default -> throw new IllegalArgumentException("unknown constant " + tag);
      }
    }
  }

  private void attributes(boolean ofCode) {
    int countAt = out.position();
    int count = takeShort();
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int start = out.position();
      int name = takeShort();
      int length = takeInt();
      if (ofCode && variables.contains(name)) {
        in.position(in.position() + length);
        out.position(start);
        continue;
      }
      kept++;
      if (ofCode || name != code) {
        take(length);
        continue;
      }
      take(4);
      take(takeInt());
      take(8 * takeShort());
      attributes(true);
      out.putInt(start + 2, out.position() - start - 6);
    }
    out.putShort(countAt, (short) kept);
  }

  private void take(int bytes) {
    out.put(in.array(), in.position(), bytes);
    in.position(in.position() + bytes);
  }

  private int takeShort() {
    take(2);
    return in.getShort(in.position() - 2) & 0xffff;
  }

  private int takeInt() {
    take(4);
    return in.getInt(in.position() - 4);
  }
}
