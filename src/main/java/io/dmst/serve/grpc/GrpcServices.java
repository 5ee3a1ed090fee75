package io.dmst.serve.grpc;

import io.dmst.serve.oip.Inference;
import io.dmst.serve.oip.InferenceStatistics;
import io.dmst.serve.oip.Repository;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.UploadLimits;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The services. Their messages are decoded behind the interceptors, so that {@link
 * UndecodableMessages} answers and counts those that cannot be.
 */
@Configuration(proxyBeanMethods = false)
class GrpcServices {

    @Bean
    BindableService visionService(
            ImagePipeline pipeline, Models models, UploadLimits limits, Streams streams) {
        return decodedLate(new VisionEndpoint(pipeline, models, limits, streams));
    }

    @Bean
    BindableService openInferenceService(
            Inference inference,
            Repository repository,
            InferenceStatistics statistics,
            Streams streams) {
        return decodedLate(new InferenceEndpoint(inference, repository, statistics, streams));
    }

    private static BindableService decodedLate(BindableService service) {
        return () ->
                ServerInterceptors.intercept(
                        ServerInterceptors.useInputStreamMessages(service.bindService()),
                        new UndecodableMessages());
    }
}
