package io.dmst.serve.grpc;

import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The client's end of a stream of images. */
final class StreamCaller
        implements ClientResponseObserver<ClassifyStreamRequest, ClassifyStreamResponse> {

    private final Function<
                    StreamObserver<ClassifyStreamResponse>, StreamObserver<ClassifyStreamRequest>>
            call;
    private final List<ClassifyStreamResponse> answers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status.Code> end = new CompletableFuture<>();
    private final CompletableFuture<ClientCallStreamObserver<ClassifyStreamRequest>> opened =
            new CompletableFuture<>();
    private boolean reads = true;
    private List<ClassifyStreamRequest> all = new ArrayList<>();
    private boolean open;

    StreamCaller(
            Function<StreamObserver<ClassifyStreamResponse>, StreamObserver<ClassifyStreamRequest>>
                    call) {
        this.call = call;
    }

    /** That it takes no answers until {@link #readAll}. */
    StreamCaller readingNothing() {
        reads = false;
        return this;
    }

    private ClientCallStreamObserver<ClassifyStreamRequest> opened() {
        if (!open) {
            open = true;
            var unused = call.apply(this);
        }
        return opened.join();
    }

    void send(ClassifyStreamRequest request) {
        opened().onNext(request);
    }

    /** Sends as fast as the server takes, then ends. */
    void sendAll(List<ClassifyStreamRequest> requests) {
        all = requests;
        opened();
    }

    void end() {
        opened().onCompleted();
    }

    void leave() {
        opened().cancel("enough", null);
    }

    void readAll() {
        opened().request(Integer.MAX_VALUE);
    }

    List<ClassifyStreamResponse> answers() {
        return answers;
    }

    Status.Code awaitEnd() {
        return end.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ClassifyStreamRequest> observer) {
        if (!reads) {
            observer.disableAutoRequestWithInitial(0);
        }
        Iterator<ClassifyStreamRequest> waiting = all.iterator();
        boolean sendsAll = waiting.hasNext();
        boolean[] ended = new boolean[1];
        observer.setOnReadyHandler(() -> {
            while (sendsAll && observer.isReady() && waiting.hasNext()) {
                observer.onNext(waiting.next());
            }
            if (sendsAll && !waiting.hasNext() && !ended[0]) {
                ended[0] = true;
                observer.onCompleted();
            }
        });
        opened.complete(observer);
    }

    @Override
    public void onNext(ClassifyStreamResponse answer) {
        answers.add(answer);
    }

    @Override
    public void onError(Throwable error) {
        end.complete(Status.fromThrowable(error).getCode());
    }

    @Override
    public void onCompleted() {
        end.complete(Status.Code.OK);
    }
}
