package io.podidentity.bin.http;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers of one size that are used again. Undertow's own pool takes a lock that all threads share
 * whenever a buffer comes back, once or twice for each request. Thread-safe.
 */
final class Buffers implements ByteBufferPool {
  /** More than are ever in use at once but under a flood, whose buffers are then left to go. */
  private static final int KEPT = 64;

  private final boolean direct;
  private final int size;
  private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
  private final AtomicInteger kept = new AtomicInteger();

  /**
   * An empty pool.
   *
   * @param direct whether buffers lie outside the heap
   * @param size of each buffer, in bytes
   */
  Buffers(boolean direct, int size) {
    this.direct = direct;
    this.size = size;
  }

  @Override
  public PooledByteBuffer allocate() {
    ByteBuffer buffer = free.poll();
    if (buffer != null) {
      kept.decrementAndGet();
      return new Borrowed(buffer.clear());
    }
    return new Borrowed(direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size));
  }

  @Override
  public ByteBufferPool getArrayBackedPool() {
    return direct ? new Buffers(false, size) : this;
  }

  @Override
  public void close() {
    free.clear();
  }

  @Override
  public int getBufferSize() {
    return size;
  }

  @Override
  public boolean isDirect() {
    return direct;
  }

  /** A buffer in use; it comes back once, however often it is closed. */
  private final class Borrowed implements PooledByteBuffer {
    private final ByteBuffer buffer;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Borrowed(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public ByteBuffer getBuffer() {
      if (!open.get()) {
        throw new IllegalStateException("the buffer was given back");
      }
      return buffer;
    }

    @Override
    public void close() {
      if (!open.compareAndSet(true, false)) {
        return;
      }
      if (kept.incrementAndGet() <= KEPT) {
        free.add(buffer);
      } else {
        kept.decrementAndGet();
      }
    }

    @Override
    public boolean isOpen() {
      return open.get();
    }
  }
}
