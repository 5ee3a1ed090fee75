package io.dmst.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.VisionServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The service under the full load of clients that keep their connections, half by HTTP and half by
 * gRPC, is stopped {@code dmst.stops} times: no request that was sent is without an answer. A
 * killed service breaks its connections, and starts again.
 */
@Tag("load")
class StopTests {

    private static final int STOPS = Integer.getInteger("dmst.stops", 3);
    private static final int CLIENTS = 12;
    private static final int ANSWERS_BEFORE = 20 * CLIENTS;

    /** 128 + 15, as a JVM exits after SIGTERM. */
    private static final int TERMINATED = 143;

    private static final long TIMEOUT_SECONDS = 60;

    /**
     * One stop.
     *
     * @param seconds until the process had ended
     * @param answers before
     * @param ends of the clients' last requests, by code
     */
    record Stop(double seconds, long answers, Map<String, Integer> ends) {}

    /** Sends one request and waits for its code. */
    private interface Sender {
        String send() throws InterruptedException;
    }

    @Test
    void aStopLosesNoRequest() throws Exception {
        List<Stop> stops = new ArrayList<>();
        for (int i = 0; i < STOPS; i++) {
            try (ServiceProcess service = ServiceProcess.start()) {
                Stop stop = underLoad(service, service::terminate);
                System.out.println("stopped: " + stop);
                stops.add(stop);
                assertThat(service.exitCode()).isIn(0, TERMINATED);
                assertThat(stop.ends().keySet()).isSubsetOf("NOT_READY", Reply.NOT_CONNECTED);
            }
        }
        LoadFiles.write("stops.json", stops);
    }

    @Test
    void aKilledServiceStartsAgain() throws Exception {
        try (ServiceProcess service = ServiceProcess.start()) {
            Stop kill = underLoad(service, service::kill);
            System.out.println("killed: " + kill);
            assertThat(kill.ends().keySet()).isSubsetOf(Reply.LOST, Reply.NOT_CONNECTED);
        }
        try (ServiceProcess again = ServiceProcess.start();
                LoadClient client = new LoadClient()) {
            byte[] image = LoadFiles.image("rocket.jpg");
            assertThat(client.send(LoadClient.post(again.http("/v1/classify"), image)))
                    .matches(Reply::ok);
        }
    }

    private static Stop underLoad(ServiceProcess service, Runnable end) throws Exception {
        AtomicLong answers = new AtomicLong();
        ManagedChannel channel = GrpcCalls.channel(service);
        try (LoadClient http = new LoadClient();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            byte[] image = LoadFiles.image("rocket.jpg");
            Sender byHttp =
                    () -> http.send(LoadClient.post(service.http("/v1/classify"), image)).code();
            Sender byGrpc = byGrpc(channel, image);
            List<Future<String>> ends = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                ends.add(threads.submit(client(i % 2 == 0 ? byHttp : byGrpc, answers)));
            }
            while (answers.get() < ANSWERS_BEFORE && ends.stream().noneMatch(Future::isDone)) {
                Thread.sleep(10);
            }
            long begun = System.nanoTime();
            end.run();
            service.exitCode();
            double seconds = (System.nanoTime() - begun) / 1e9;
            Map<String, Integer> codes = new TreeMap<>();
            for (Future<String> last : ends) {
                codes.merge(last.get(), 1, Integer::sum);
            }
            return new Stop(seconds, answers.get(), codes);
        } finally {
            channel.shutdownNow();
        }
    }

    private static Callable<String> client(Sender sender, AtomicLong answers) {
        return () -> {
            String code = sender.send();
            while (code.equals("OK") || code.equals("OVERLOADED")) {
                answers.incrementAndGet();
                code = sender.send();
            }
            return code;
        };
    }

    private static Sender byGrpc(ManagedChannel channel, byte[] image) {
        ClassifyRequest request =
                ClassifyRequest.newBuilder().addImages(ByteString.copyFrom(image)).build();
        return () -> {
            try {
                VisionServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .classify(request);
                return "OK";
            } catch (StatusRuntimeException e) {
                return GrpcCalls.code(e);
            }
        };
    }
}
