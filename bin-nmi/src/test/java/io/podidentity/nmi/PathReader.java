package io.podidentity.nmi;

import io.undertow.util.CanonicalPathUtils;
import io.undertow.util.URLUtils;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How some server might read a path: none of these shares code with the router, nor with another
 * one. What the router passes on has to be harmless in the eyes of all.
 */
enum PathReader {
  /** The JDK's own; it refuses more than the others. */
  JAVA_NET_URI {
    @Override
    @Nullable String read(String path) {
      try {
        return new URI(path).normalize().getPath();
      } catch (URISyntaxException e) {
        return null;
      }
    }
  },

  /** Undertow's, as it is set up by default, and with encoded slashes decoded. */
  UNDERTOW {
    @Override
    @Nullable String read(String path) {
      try {
        return CanonicalPathUtils.canonicalize(
            URLUtils.decode(path, "UTF-8", true, false, new StringBuilder()), true);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  },

  /** As Go's servers read it, and so v1: decoded once, and cleaned. */
  GO {
    @Override
    @Nullable String read(String path) {
      try {
        return withoutDots(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  },

  /** As browsers read it (https://url.spec.whatwg.org): tabs and line ends are not there at all. */
  WHATWG {
    @Override
    String read(String path) {
      String text = LINE_ENDS.matcher(path.strip()).replaceAll("").replace('\\', '/');
      int end = indexOfAny(text, "?#");
      return withoutDots(DOT.matcher(text.substring(0, end)).replaceAll("."));
    }
  },

  /**
   * The most lenient one: decodes until nothing changes, takes whatever looks like a slash for one,
   * and leaves out parameters and what nobody sees.
   */
  LENIENT {
    @Override
    String read(String path) {
      String now = path;
      for (String before = ""; !now.equals(before); ) {
        before = now;
        now = decodeWhatCanBe(now);
      }
      now = Normalizer.normalize(now, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
      now = UNSEEN.matcher(now.replace('\u0131', 'i').replace('\\', '/')).replaceAll("");
      now = PARAMETERS.matcher(now).replaceAll("");
      return withoutDots(now);
    }
  };

  private static final Pattern LINE_ENDS = Pattern.compile("[\\t\\r\\n]");
  private static final Pattern DOT = Pattern.compile("%2e", Pattern.CASE_INSENSITIVE);
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl} ]");
  private static final Pattern PARAMETERS = Pattern.compile("[;?#][^/]*");
  private static final Pattern OVERLONG =
      Pattern.compile("%c0%af|%c1%9c", Pattern.CASE_INSENSITIVE);

  /** An address in front, as in the absolute form. */
  private static final Pattern AUTHORITY = Pattern.compile("^(?i:https?:)?//+[^/\\\\]*(?=[/\\\\])");

  private static final Pattern IDENTITY =
      Pattern.compile("/metadata/+identity(?!/+info/*$)|identity.*(oauth2|token)");

  private static final Pattern INSTANCE = Pattern.compile("^/*metadata/+instance");

  /** The path as this server reads it; null if it refuses it. */
  abstract @Nullable String read(String path);

  /** Whether this server takes a path for one of the identity endpoints. */
  boolean seesIdentity(String path) {
    return sees(IDENTITY, path);
  }

  /** Whether this server takes a path for that of the instance metadata. */
  boolean seesInstance(String path) {
    return sees(INSTANCE, path);
  }

  private boolean sees(Pattern pattern, String path) {
    for (String text : Set.copyOf(List.of(path, AUTHORITY.matcher(path).replaceFirst("")))) {
      String read = read(text);
      if (read != null && pattern.matcher(read.toLowerCase(Locale.ROOT)).find()) {
        return true;
      }
    }
    return false;
  }

  private static String decodeWhatCanBe(String text) {
    StringBuilder decoded = new StringBuilder();
    // An overlong slash or backslash, as old decoders took them.
    String rest = OVERLONG.matcher(text).replaceAll("/");
    for (int i = 0; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c == '%' && i + 2 < rest.length() && hex(rest, i + 1) && hex(rest, i + 2)) {
        decoded.append((char) Integer.parseInt(rest, i + 1, i + 3, 16));
        i += 2;
      } else {
        decoded.append(c);
      }
    }
    return decoded.toString();
  }

  private static boolean hex(String text, int index) {
    return Character.digit(text.charAt(index), 16) >= 0;
  }

  private static int indexOfAny(String text, String chars) {
    for (int i = 0; i < text.length(); i++) {
      if (chars.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  private static String withoutDots(String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        segments.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    return "/" + String.join("/", segments);
  }
}
