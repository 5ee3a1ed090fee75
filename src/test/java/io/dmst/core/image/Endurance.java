package io.dmst.core.image;

import io.dmst.core.image.Decoded.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Runs in a process of its own (see {@link EnduranceTests}): a crash of native code then is a
 * failed test, and the memory measured is that of decoding alone.
 */
final class Endurance {
    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 2_000_000, 100);

    private final ImageDecoder decoder = new ImageDecoder(LIMITS, 64L << 20);
    private int pictures;
    private int refused;
    private long slowestNanos;

    private Endurance() {}

    /**
     * Prints {@code pictures refused slowest-ms growth-KiB peak-KiB}; memory is −1 where the system
     * does not tell.
     */
    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[1]);
        Endurance endurance = new Endurance();
        long before;
        if (arguments[0].equals("mutations")) {
            endurance.repeat(20);
            endurance.forget();
            before = status("VmRSS");
            endurance.mutations(rounds);
        } else {
            endurance.repeat(rounds / 3);
            endurance.forget();
            before = status("VmRSS");
            endurance.repeat(rounds);
        }
        System.out.printf(
                "%d %d %d %d %d%n",
                endurance.pictures,
                endurance.refused,
                endurance.slowestNanos / 1_000_000,
                before < 0 ? -1 : status("VmRSS") - before,
                status("VmHWM"));
    }

    /** Loading the native libraries and compiling are not what is measured. */
    private void forget() {
        pictures = 0;
        refused = 0;
        slowestNanos = 0;
    }

    private void repeat(int decodes) {
        List<String> names = Samples.names();
        byte[] rocket = Samples.read(Samples.ROOT.resolve("rocket.jpg"));
        byte[] chelsea = Samples.read(Samples.ROOT.resolve("chelsea.png"));
        for (int i = 0; i < decodes; i++) {
            decode(
                    i % 10 == 0
                            ? rocket
                            : i % 10 == 5 ? chelsea : Samples.bytes(names.get(i % names.size())));
        }
    }

    private void mutations(int perSample) {
        for (String name : Samples.names()) {
            byte[] whole = Samples.bytes(name);
            Random random = new Random(name.hashCode());
            for (int i = 0; i < perSample; i++) {
                byte[] file = whole.clone();
                // headers are short: half of the changes go there
                int reach = random.nextBoolean() ? Math.min(64, file.length) : file.length;
                for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
                    file[random.nextInt(reach)] = (byte) random.nextInt(256);
                }
                decode(
                        i % 8 == 0
                                ? Arrays.copyOf(file, random.nextInt(file.length))
                                : sealed(name, file));
            }
        }
    }

    /**
     * A PNG file with the check sums that its changed bytes would have: without them nothing gets
     * past the walk.
     */
    private static byte[] sealed(String name, byte[] file) {
        return name.endsWith(".png") ? PngSums.correct(file) : file;
    }

    private void decode(byte[] file) {
        long start = System.nanoTime();
        if (decoder.decode(file) instanceof Picture) {
            pictures++;
        } else {
            refused++;
        }
        slowestNanos = Math.max(slowestNanos, System.nanoTime() - start);
    }

    private static long status(String key) {
        Path status = Path.of("/proc/self/status");
        try {
            return !Files.isReadable(status)
                    ? -1
                    : Files.readAllLines(status).stream()
                            .filter(line -> line.startsWith(key + ":"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }
}
