package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;
import static io.dmst.serve.predict.FailureCode.UNSUPPORTED_MEDIA_TYPE;

import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.ImageProperties;
import io.dmst.serve.predict.RequestProperties;
import io.dmst.serve.predict.Upload;
import io.dmst.serve.predict.UploadLimits;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/**
 * Takes the encoded images out of a request's body: raw, multipart or JSON. A failure of one image
 * of several is that image's alone.
 */
@Component
class ImageUploads {

    /** The second is what {@code curl --data-binary} declares for any body. */
    private static final List<MediaType> RAW =
            List.of(MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_FORM_URLENCODED);

    private final RequestProperties request;
    private final ImageProperties image;
    private final BodyReader bodies;
    private final UploadLimits limits;
    private final JsonImages json;
    private final MultipartImages multipart;

    ImageUploads(
            RequestProperties request,
            ImageProperties image,
            BodyReader bodies,
            UploadLimits limits,
            JsonImages json,
            MultipartImages multipart) {
        this.request = request;
        this.image = image;
        this.bodies = bodies;
        this.limits = limits;
        this.json = json;
        this.multipart = multipart;
    }

    /**
     * The images of a request in their order, at least one.
     *
     * @throws FailureException if the body cannot be read
     */
    List<Upload> read(HttpServletRequest from, Deadline deadline) {
        MediaType type = type(from);
        if (MediaType.MULTIPART_FORM_DATA.isCompatibleWith(type)) {
            return multipart.read(bodies.read(from, request.maxSize(), deadline), type);
        }
        if (MediaType.APPLICATION_JSON.isCompatibleWith(type)) {
            return counted(json.images(bodies.read(from, request.maxSize(), deadline)));
        }
        if (type.getType().equals("image") || RAW.stream().anyMatch(type::isCompatibleWith)) {
            return List.of(new Upload.File(bodies.read(from, image.maxSize(), deadline)));
        }
        throw new FailureException(
                UNSUPPORTED_MEDIA_TYPE,
                ("Content-Type %s/%s is not supported; send an image's bytes as image/* or"
                                + " application/octet-stream, several as multipart/form-data with"
                                + " parts \"%s\" or as application/json")
                        .formatted(type.getType(), type.getSubtype(), MultipartImages.PART));
    }

    private static MediaType type(HttpServletRequest from) {
        try {
            return from.getContentType() == null
                    ? MediaType.APPLICATION_OCTET_STREAM
                    : MediaType.parseMediaType(from.getContentType());
        } catch (InvalidMediaTypeException e) {
            throw new FailureException(INVALID_ARGUMENT, "the header Content-Type is malformed");
        }
    }

    /**
     * The instances of a request in KServe's protocol V1, at least one, whatever its type says.
     *
     * @throws FailureException if the body cannot be read
     */
    List<Upload> instances(HttpServletRequest from, Deadline deadline) {
        return counted(json.instances(bodies.read(from, request.maxSize(), deadline)));
    }

    private List<Upload> counted(List<Upload> images) {
        limits.count(images.size());
        return images;
    }
}
