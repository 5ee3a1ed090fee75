package io.dmst.serve.gateway;

import io.dmst.serve.metrics.TraceRegistry;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;

/** Connections to nodes, all made the same way. Immutable. */
final class Channels {

    /** Explanations of the largest variants; a node's own answers are never larger. */
    private static final int LARGEST_ANSWER = 64 << 20;

    /** Also how long what was sent may stay unconfirmed by the other side's kernel. */
    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

    /** Else the kernel's pauses between tries to connect decide when a node is found again. */
    private static final int CONNECT_TIMEOUT_MS = 2_000;

    private final GatewayProperties properties;
    private final ChannelCredentials credentials;
    private final TraceRegistry traces;

    /**
     * @throws IllegalArgumentException if a bundle is named that is not there
     */
    Channels(GatewayProperties properties, @Nullable SslBundles bundles, TraceRegistry traces) {
        this.properties = properties;
        this.traces = traces;
        String name = properties.sslBundle();
        if (name == null) {
            credentials = InsecureChannelCredentials.create();
        } else if (bundles == null || !bundles.getBundleNames().contains(name)) {
            throw new IllegalArgumentException(
                    "dmst.gateway.ssl-bundle is %s, but spring.ssl.bundle has no bundle of that name"
                            .formatted(name));
        } else {
            credentials = tls(bundles.getBundle(name));
        }
    }

    private static ChannelCredentials tls(SslBundle bundle) {
        SslManagerBundle managers = bundle.getManagers();
        TlsChannelCredentials.Builder builder =
                TlsChannelCredentials.newBuilder().trustManager(managers.getTrustManagers());
        if (bundle.getStores().getKeyStore() != null) {
            builder.keyManager(managers.getKeyManagers());
        }
        return builder.build();
    }

    /** A connection, made when it is first used. */
    ManagedChannel to(Address address) {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(address.host(), address.port(), credentials)
                        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                        .overrideAuthority(address.authority())
                        .maxInboundMessageSize(LARGEST_ANSWER)
                        .disableRetry();
        if (traces.on()) {
            builder.intercept(new TraceHeaders(traces));
        }
        if (properties.keepAlive().isPositive()) {
            builder.keepAliveTime(properties.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
                    .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .keepAliveWithoutCalls(true);
        }
        return builder.build();
    }
}
