package io.podidentity.k8s;

import java.io.EOFException;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Has long answers sent compressed, and unpacks them as they come. An API server compresses what is
 * longer than 128 KiB, if asked to. A page of pods is then less than a tenth, and decryption is
 * what takes most of the processor's time where a large cluster is listed.
 *
 * @param <T> what becomes of the answer's body
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952, GZIP</a>
 */
final class Gunzip<T> implements HttpResponse.BodySubscriber<T> {
  private static final String GZIP = "gzip";

  /** Magic number, method, and no flag: what Go writes. Time, extra flags and system follow. */
  private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0};

  private static final int HEADER_LENGTH = 10;
  private static final int PIECE = 32 * 1024;

  private final HttpResponse.BodySubscriber<T> next;
  private final Inflater inflater = new Inflater(/* nowrap= */ true);
  private Flow.@Nullable Subscription subscription;
  private int headerRead;
  private boolean failed;

  private Gunzip(HttpResponse.BodySubscriber<T> next) {
    this.next = next;
  }

  /** The same request, whose answer may come compressed; one that says itself what may is kept. */
  static HttpRequest accepting(HttpRequest request) {
    return !request.method().equals("GET")
            || request.headers().firstValue("Accept-Encoding").isPresent()
        ? request
        : HttpRequest.newBuilder(request, (name, value) -> true)
            .header("Accept-Encoding", GZIP)
            .build();
  }

  /** Handles a body as the other handler would if it had not been compressed. */
  static <T> HttpResponse.BodyHandler<T> before(HttpResponse.BodyHandler<T> handler) {
    return info ->
        isCompressed(info.headers()) ? new Gunzip<>(handler.apply(info)) : handler.apply(info);
  }

  private static boolean isCompressed(HttpHeaders headers) {
    return headers.firstValue("Content-Encoding").filter(GZIP::equalsIgnoreCase).isPresent();
  }

  @Override
  public CompletionStage<T> getBody() {
    return next.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription value) {
    subscription = value;
    next.onSubscribe(value);
  }

  /** An empty list, if nothing can be unpacked yet, still answers what was asked for. */
  @Override
  public void onNext(List<ByteBuffer> packed) {
    if (failed) {
      return;
    }
    List<ByteBuffer> unpacked = new ArrayList<>();
    try {
      for (ByteBuffer part : packed) {
        readHeader(part);
        unpack(part, unpacked);
      }
    } catch (DataFormatException | IOException e) {
      if (subscription != null) {
        subscription.cancel();
      }
      onError(new IOException("the API server's answer is no GZIP", e));
      return;
    }
    next.onNext(unpacked);
  }

  @Override
  public void onError(Throwable error) {
    end();
    next.onError(error);
  }

  @Override
  public void onComplete() {
    if (failed) {
      return;
    }
    if (inflater.finished()) {
      end();
      next.onComplete();
    } else {
      onError(new EOFException("the API server's answer ends in its midst"));
    }
  }

  private void end() {
    failed = true;
    inflater.end();
  }

  private void readHeader(ByteBuffer part) throws IOException {
    while (headerRead < HEADER_LENGTH && part.hasRemaining()) {
      byte read = part.get();
      if (headerRead < HEAD.length && read != HEAD[headerRead]) {
        throw new IOException("it begins otherwise");
      }
      headerRead++;
    }
  }

  /** What follows the end is a checksum; TLS has seen to that already. */
  private void unpack(ByteBuffer part, List<ByteBuffer> unpacked) throws DataFormatException {
    inflater.setInput(part);
    while (!inflater.finished()) {
      byte[] piece = new byte[PIECE];
      int length = inflater.inflate(piece);
      if (length == 0) {
        return;
      }
      unpacked.add(ByteBuffer.wrap(piece, 0, length).asReadOnlyBuffer());
    }
  }
}
