#!/usr/bin/env bash
# openapi-generator 7.25.0, generator java with the library native and the option enumUnknownDefaultCase: a value that is newer
# than the client is read as UNKNOWN_DEFAULT_OPEN_API, and goes out as the text "unknown_default_open_api" when the object is
# sent back.
# Guessed before: that the client keeps the text that it did not know, or leaves the member out, or refuses to write it. So a
# client that reads an object, changes one member and sends it back replaces another one by a value that no document has.
# Needs a JDK (17 or newer) and Maven. Exit code 0 while it is as described.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >document.yaml <<'DOCUMENT'
openapi: 3.0.3
info: {title: Payments, version: "1"}
paths: {}
components:
  schemas:
    Payment:
      type: object
      properties:
        id: {type: string}
        status:
          type: string
          enum: [OPEN, DONE]
DOCUMENT
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>generated</groupId>
  <artifactId>client</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>com.fasterxml.jackson.core</groupId>
      <artifactId>jackson-databind</artifactId>
      <version>2.19.2</version>
    </dependency>
    <dependency>
      <groupId>com.fasterxml.jackson.datatype</groupId>
      <artifactId>jackson-datatype-jsr310</artifactId>
      <version>2.19.2</version>
    </dependency>
    <dependency>
      <groupId>jakarta.annotation</groupId>
      <artifactId>jakarta.annotation-api</artifactId>
      <version>3.0.0</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.openapitools</groupId>
        <artifactId>openapi-generator-maven-plugin</artifactId>
        <version>7.25.0</version>
        <executions>
          <execution>
            <goals>
              <goal>generate</goal>
            </goals>
            <configuration>
              <inputSpec>${project.basedir}/document.yaml</inputSpec>
              <generatorName>java</generatorName>
              <library>native</library>
              <generateApiTests>false</generateApiTests>
              <generateModelTests>false</generateModelTests>
              <configOptions>
                <modelPackage>api.model</modelPackage>
                <invokerPackage>api</invokerPackage>
                <openApiNullable>false</openApiNullable>
                <useJakartaEe>true</useJakartaEe>
                <enumUnknownDefaultCase>true</enumUnknownDefaultCase>
              </configOptions>
            </configuration>
          </execution>
        </executions>
      </plugin>
      <plugin>
        <artifactId>maven-compiler-plugin</artifactId>
        <version>3.13.0</version>
      </plugin>
      <plugin>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
        <executions>
          <execution>
            <phase>compile</phase>
            <goals>
              <goal>copy-dependencies</goal>
            </goals>
          </execution>
        </executions>
      </plugin>
    </plugins>
  </build>
</project>
POM
mkdir -p src/main/java
cat >src/main/java/Read.java <<'PROGRAM'
import api.ApiClient;
import api.model.Payment;
import com.fasterxml.jackson.databind.ObjectMapper;

public class Read {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper mapper = new ApiClient().getObjectMapper();
        Payment payment = mapper.readValue("{\"id\":\"1\",\"status\":\"REVERSED\"}", Payment.class);
        System.out.println(payment.getStatus().name() + " " + mapper.writeValueAsString(payment));
    }
}
PROGRAM
mvn --batch-mode --quiet compile >log 2>&1 || { cat log >&2; exit 2; }
seen=$(java -cp 'target/classes:target/dependency/*' Read)
echo "openapi-generator 7.25.0: $seen"
[ "$seen" = 'UNKNOWN_DEFAULT_OPEN_API {"id":"1","status":"unknown_default_open_api"}' ]
