package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import inference.ModelInferRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Names, numbers and types of our messages are the protocol's. */
class OpenInferenceFieldsTests {

    private static final Path PUBLISHED =
            Path.of("src/test/resources/oip/open-inference-fields.txt");

    @Test
    void everyFieldAndMethodOfOursIsThePublishedOne() throws IOException {
        Set<String> ours = new TreeSet<>();
        FileDescriptorProto file = ModelInferRequest.getDescriptor().getFile().toProto();
        assertThat(file.getPackage()).isEqualTo("inference");
        file.getMessageTypeList().forEach(message -> collect("", message, ours));
        for (EnumDescriptorProto type : file.getEnumTypeList()) {
            type.getValueList()
                    .forEach(value ->
                            ours.add(
                                    type.getName()
                                            + " "
                                            + value.getNumber()
                                            + " "
                                            + value.getName()));
        }
        for (ServiceDescriptorProto service : file.getServiceList()) {
            service.getMethodList().forEach(method -> ours.add(method(service, method)));
        }
        List<String> published = Files.readAllLines(PUBLISHED);
        assertThat(ours).hasSizeGreaterThan(100).isSubsetOf(published);
    }

    private static void collect(String within, DescriptorProto message, Set<String> fields) {
        String name = within + message.getName();
        message.getFieldList().forEach(field -> fields.add(name + " " + field(field)));
        message.getNestedTypeList().forEach(nested -> collect(name + ".", nested, fields));
    }

    private static String field(FieldDescriptorProto field) {
        String type =
                field.getTypeName().isEmpty()
                        ? field.getType()
                                .name()
                                .substring("TYPE_".length())
                                .toLowerCase(Locale.ROOT)
                        : plain(field.getTypeName());
        return "%d %s%s %s"
                .formatted(
                        field.getNumber(),
                        field.getLabel() == Label.LABEL_REPEATED ? "repeated " : "",
                        type,
                        field.getName());
    }

    private static String method(ServiceDescriptorProto service, MethodDescriptorProto method) {
        return "%s %s %s%s %s%s"
                .formatted(
                        service.getName(),
                        method.getName(),
                        method.getClientStreaming() ? "stream " : "",
                        plain(method.getInputType()),
                        method.getServerStreaming() ? "stream " : "",
                        plain(method.getOutputType()));
    }

    private static String plain(String type) {
        return type.replace(".inference.", "");
    }
}
