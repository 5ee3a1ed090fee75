package io.dmst.serve.http;

import java.util.Base64;

/**
 * Bodies of requests of the Open Inference Protocol over HTTP, for the model of {@link ServerTest}.
 */
final class OipBodies {

    private OipBodies() {}

    static String base64(byte[] file) {
        return "\"" + Base64.getEncoder().encodeToString(file) + "\"";
    }

    static String image(String data, int count) {
        return """
        {"name":"image","shape":[%d],"datatype":"BYTES","data":[%s]}\
        """
                .formatted(count, data);
    }

    static String request(String inputs, String more) {
        return "{\"inputs\":[%s]%s}".formatted(inputs, more);
    }

    static String red(String more) {
        return request(image(base64(Pictures.red()), 1), more);
    }

    /** 72 numbers: one image of 4 × 6 pixels, as blue as can be. */
    static String bluePixels() {
        return "0,0,255,".repeat(23) + "0,0,255";
    }

    static String pixels(String data) {
        return """
        {"name":"pixels","shape":[1,4,6,3],"datatype":"UINT8","data":%s}\
        """
                .formatted(data);
    }
}
