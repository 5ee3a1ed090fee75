package io.dmst.serve.gateway;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A network device of Linux whose packets this process carries: what the kernel sends on it is read
 * here, what is written here the kernel receives. Needs the rights of root.
 */
final class Tun implements AutoCloseable {

    private static final int LARGEST_PACKET = 65_536;
    private static final int READ_WRITE = 2; // O_RDWR
    private static final long SET_DEVICE = 0x400454caL; // TUNSETIFF
    private static final short PACKETS_ALONE = 0x1001; // IFF_TUN | IFF_NO_PI
    private static final short READABLE = 1; // POLLIN

    private static final MethodHandle OPEN =
            function(
                    "open",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL =
            function(
                    "ioctl",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle POLL =
            function(
                    "poll",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT));
    private static final MethodHandle READ = function("read", transfer());
    private static final MethodHandle WRITE = function("write", transfer());
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment in = arena.allocate(LARGEST_PACKET);
    private final MemorySegment out = arena.allocate(LARGEST_PACKET);
    private final MemorySegment poll = arena.allocate(8, 8);
    private final int file;

    private static FunctionDescriptor transfer() {
        return FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG);
    }

    private static MethodHandle function(
            String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    private static long call(MethodHandle function, Object... arguments) {
        try {
            return ((Number) function.invokeWithArguments(arguments)).longValue();
        } catch (Throwable e) {
            throw new IllegalStateException("a function of the C library failed", e);
        }
    }

    /**
     * Makes a device.
     *
     * @param name of it, up to 15 letters
     * @throws IOException if the kernel does not allow it
     */
    Tun(String name) throws IOException {
        file = (int) call(OPEN, arena.allocateFrom("/dev/net/tun"), READ_WRITE);
        MemorySegment request = arena.allocate(40, 8);
        MemorySegment.copy(
                MemorySegment.ofArray(name.getBytes(StandardCharsets.US_ASCII)),
                0,
                request,
                0,
                name.length());
        request.set(ValueLayout.JAVA_SHORT, 16, PACKETS_ALONE);
        if (file < 0 || call(IOCTL, file, SET_DEVICE, request) < 0) {
            close();
            throw new IOException("no TUN device " + name + " can be made here");
        }
        poll.set(ValueLayout.JAVA_INT, 0, file);
        poll.set(ValueLayout.JAVA_SHORT, 4, READABLE);
    }

    /** The next packet, or none within the time; for one thread. */
    Optional<byte[]> read(int milliseconds) {
        if (call(POLL, poll, 1L, milliseconds) <= 0) {
            return Optional.empty();
        }
        long bytes = call(READ, file, in, (long) LARGEST_PACKET);
        return bytes <= 0
                ? Optional.empty()
                : Optional.of(in.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE));
    }

    /** Gives the kernel a packet, which may have no room for it; for one thread. */
    void write(byte[] packet) {
        MemorySegment.copy(packet, 0, out, ValueLayout.JAVA_BYTE, 0, packet.length);
        call(WRITE, file, out, (long) packet.length);
    }

    /** Takes the device away; nobody may be reading or writing. */
    @Override
    public void close() {
        if (file >= 0) {
            call(CLOSE, file);
        }
        arena.close();
    }
}
