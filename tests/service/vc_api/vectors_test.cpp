// The published signed documents of the cryptosuites over the verifying route.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

using namespace itqan;
using tests::common_house;

namespace {

struct Published {
    char const* file;
    char const* code;  ///< "" where it verifies.
};
constexpr Published all_published[] = {
    {"vc-di-eddsa/TestVectors/eddsa-rdfc-2022/signedDataInt.json", ""},
    {"vc-di-eddsa/TestVectors/eddsa-rdfc-2022/employ/signedDataInt.json", ""},
    {"vc-di-eddsa/TestVectors/eddsa-jcs-2022/signedJCS.json", ""},
    {"vc-di-eddsa/TestVectors/proof-set-chain/signedProofSet1.json", ""},
    {"vc-di-eddsa/TestVectors/proof-set-chain/signedProofSet2.json", ""},
    {"vc-di-eddsa/TestVectors/proof-set-chain/signedProofChain1.json", ""},
    {"vc-di-eddsa/TestVectors/proof-set-chain/signedProofChain2.json", ""},
    {"vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/signedECDSAP256.json", ""},
    {"vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/employ/signedECDSAP256.json", ""},
    {"vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/signedECDSAP384.json", ""},
    {"vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/employ/signedECDSAP384.json", ""},
    {"vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p256/signedJCSECDSAP256.json", ""},
    {"vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p384/signedJCSECDSAP384.json", ""},
    {"vc-di-ecdsa/TestVectors/ecdsa-sd-2023/employ/addSignedSDBase.json", "base-proof"},
    {"vc-di-ecdsa/TestVectors/ecdsa-sd-2023/employ/derivedRevealDocument.json", ""},
    {"vc-di-ecdsa/TestVectors/ecdsa-sd-2023/prc/addSignedSDBase.json", "base-proof"},
    {"vc-di-ecdsa/TestVectors/ecdsa-sd-2023/prc/derivedRevealDocument.json", ""},
};

}  // namespace

TEST_CASE("the published signed documents verify over the route, whoever their issuers are") {
    NEEDS_SHARED();
    for (auto const& [file, code] : all_published) {
        CAPTURE(std::string(file));
        auto const document = Json::parse(tests::read_file(tests::shared_dir().value() / "vectors" / file));

        auto const replied = common_house().verify(document);

        CHECK_MESSAGE(replied.status == (*code == '\0' ? 200 : 400), replied.body.dump());
        CHECK(replied.code() == code);
    }
}
