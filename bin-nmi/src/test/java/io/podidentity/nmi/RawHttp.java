package io.podidentity.nmi;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One connection on which requests are sent and answers read byte by byte, from any 127.x.y.z. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket = new Socket();

  /** An answer; header names are compared ignoring case. */
  record Received(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private RawHttp() {}

  static RawHttp connect(String source, InetSocketAddress server) throws IOException {
    RawHttp http = new RawHttp();
    http.socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
    http.socket.setSoTimeout(PATIENCE_MILLIS);
    http.socket.setTcpNoDelay(true);
    http.socket.connect(server);
    return http;
  }

  /** Sends a GET with those header lines. */
  RawHttp get(String target, String... headers) throws IOException {
    return send("GET", target, headers);
  }

  RawHttp send(String method, String target, String... headers) throws IOException {
    StringBuilder request = new StringBuilder();
    request
        .append(method)
        .append(' ')
        .append(target)
        .append(" HTTP/1.1\r\nHost: 169.254.169.254\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return write(request.append("\r\n").toString());
  }

  /** Sends text as it is, one byte for each character. */
  RawHttp write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Sends text; whether the other side still took it. */
  boolean tryToWrite(String text) {
    try {
      write(text);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends text and reads all answers until the other side closes the connection. */
  List<Integer> writeAndDrain(String text) throws IOException {
    tryToWrite(text);
    List<Integer> statuses = new ArrayList<>();
    try {
      while (true) {
        statuses.add(read().status());
      }
    } catch (EOFException | SocketException e) {
      // Closed, in good order or by a reset: it had sent what nobody read.
      return statuses;
    }
  }

  /** Whether the other side closes the connection within so many milliseconds. */
  boolean isOver(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      return isAtEnd();
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  /** Whether some of an answer is there to be read. */
  boolean hasAnswer() {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Reads one answer. */
  Received read() throws IOException {
    Received head = readHead();
    if (head.header("Transfer-Encoding").equals("chunked")) {
      return new Received(head.status(), head.headers(), readChunks());
    }
    int length = Integer.parseInt(head.headers().getOrDefault("Content-Length", "0"));
    String body = new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    return new Received(head.status(), head.headers(), body);
  }

  /** Reads the chunks of a body to its end. */
  String readChunks() throws IOException {
    StringBuilder body = new StringBuilder();
    for (String chunk = readChunk(); !chunk.isEmpty(); chunk = readChunk()) {
      body.append(chunk);
    }
    return body.toString();
  }

  /** Reads one chunk; empty for the last. */
  String readChunk() throws IOException {
    InputStream in = socket.getInputStream();
    int length = Integer.parseInt(line(in), 16);
    String chunk = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    if (!line(in).isEmpty()) {
      throw new IOException("no end of line after a chunk");
    }
    return chunk;
  }

  /** Reads so many bytes of a body. */
  String readBytes(int count) throws IOException {
    return new String(socket.getInputStream().readNBytes(count), StandardCharsets.UTF_8);
  }

  /** Reads an answer up to its body. */
  Received readHead() throws IOException {
    InputStream in = socket.getInputStream();
    String statusLine = line(in);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return new Received(Integer.parseInt(statusLine, 9, 12, 10), headers, "");
  }

  /** Whether the other side has closed the connection, without sending more. */
  boolean isAtEnd() throws IOException {
    return socket.getInputStream().read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after " + line);
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }
}
