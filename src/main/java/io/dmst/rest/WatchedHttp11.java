package io.dmst.rest;

import java.io.IOException;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1, whose requests know their connections: {@link CallerValve} looks at them. Made
 * by Tomcat, from its name.
 */
public final class WatchedHttp11 extends Http11NioProtocol {

    /** Of those that Tomcat leaves to others. */
    private static final int NOTE = 20;

    @Override
    protected Processor createProcessor() {
        return new Watched(this, getAdapter());
    }

    /** A request's connection; absent where it came otherwise. */
    static @Nullable SocketWrapperBase<?> connection(Request request) {
        return request.getNote(NOTE) instanceof SocketWrapperBase<?> connection ? connection : null;
    }

    private static final class Watched extends Http11Processor {

        Watched(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
            super(protocol, adapter);
        }

        @Override
        public SocketState service(SocketWrapperBase<?> connection) throws IOException {
            request.setNote(NOTE, connection);
            return super.service(connection);
        }
    }
}
