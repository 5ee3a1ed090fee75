package io.dmst.bench;

import io.dmst.bench.Asker.Ended;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Stops servers that are under full load, and kills some, and counts the requests that were left
 * without an answer. Clients keep their connections: a third each the JDK's and Apache's for HTTP,
 * and gRPC's. Each asks as fast as it is answered until its server is gone or says that it goes,
 * and then once more a second server, which stays.
 */
public final class StopBench {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int ANSWERS_BEFORE = 20;

    private final Program program;
    private final Settings settings;
    private final byte[] image = IdentityModel.photographs().file(0);

    /**
     * What to do.
     *
     * @param stops in order
     * @param kills in the middle of everything
     * @param clients at a time, at least 3
     * @param mainClass of the program
     * @param serverArguments of the service, besides its ports
     */
    public record Settings(
            int stops, int kills, int clients, String mainClass, List<String> serverArguments) {

        public Settings {
            serverArguments = List.copyOf(serverArguments);
            if (stops < 0 || kills < 0 || clients < 3) {
                throw new IllegalArgumentException("expected at least 3 clients");
            }
        }
    }

    /** How a client's time with a server ended, and what the second server said. */
    private record Leave(long answers, Ended last, Ended elsewhere) {}

    /**
     * Of the program of a class path.
     *
     * @param classPath of this program, or its jar
     */
    public StopBench(String classPath, Settings settings) {
        this.settings = settings;
        this.program = new Program(classPath, settings.mainClass(), List.of());
    }

    /**
     * Stops and kills.
     *
     * @param progress receives a line for each
     * @throws IOException if a server does not start, with its last lines
     * @throws InterruptedException if the thread is
     */
    public StopReport run(Consumer<String> progress) throws IOException, InterruptedException {
        List<StopReport.Round> rounds = new ArrayList<>();
        try (ChildServer second = ChildServer.start(program, settings.serverArguments())) {
            for (int i = 0; i < settings.stops() + settings.kills(); i++) {
                boolean kill = i >= settings.stops();
                StopReport.Round round = round(second, kill);
                progress.accept(round.line());
                rounds.add(round);
            }
        }
        return new StopReport(Machine.here(), settings.clients(), rounds);
    }

    private StopReport.Round round(ChildServer second, boolean kill)
            throws IOException, InterruptedException {
        AtomicLong answered = new AtomicLong();
        List<Future<Leave>> leaves = new ArrayList<>();
        try (ChildServer server = ChildServer.start(program, settings.serverArguments());
                ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < settings.clients(); i++) {
                int number = i;
                leaves.add(threads.submit(() -> visit(asker(number), server, second, answered)));
            }
            while (answered.get() < (long) ANSWERS_BEFORE * settings.clients()) {
                Thread.sleep(10);
            }
            long begun = System.nanoTime();
            if (kill) {
                server.kill();
            } else {
                server.terminate();
            }
            boolean ended = server.ended(PATIENCE);
            double seconds = (System.nanoTime() - begun) / 1e9;
            List<Leave> all = new ArrayList<>();
            for (Future<Leave> leave : leaves) {
                all.add(leave.get());
            }
            return round(kill, ended ? seconds : Double.POSITIVE_INFINITY, all);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client failed", e.getCause());
        }
    }

    private static StopReport.Round round(boolean kill, double seconds, List<Leave> leaves) {
        return new StopReport.Round(
                kill,
                seconds,
                leaves.stream().mapToLong(Leave::answers).sum(),
                count(leaves, Asker.End.REFUSED),
                count(leaves, Asker.End.UNREACHED),
                leaves.stream()
                        .filter(leave -> leave.last().end() == Asker.End.BROKEN)
                        .map(leave -> leave.last().detail())
                        .toList(),
                leaves.stream()
                        .filter(leave -> leave.elsewhere().end() != Asker.End.ANSWERED)
                        .map(leave -> leave.elsewhere().detail())
                        .toList());
    }

    private static int count(List<Leave> leaves, Asker.End end) {
        return (int) leaves.stream().filter(leave -> leave.last().end() == end).count();
    }

    private static Asker asker(int number) {
        return switch (number % 3) {
            case 0 -> HttpAsker.ofJdk();
            case 1 -> HttpAsker.ofApache();
            default -> new GrpcAsker();
        };
    }

    private Leave visit(Asker asker, ChildServer server, ChildServer second, AtomicLong all)
            throws InterruptedException {
        try (asker) {
            long answers = 0;
            Ended last = asker.ask(server, image);
            while (last.end() == Asker.End.ANSWERED) {
                answers++;
                all.incrementAndGet();
                last = asker.ask(server, image);
            }
            return new Leave(answers, last, asker.ask(second, image));
        }
    }
}
