#pragma once
// A folder for the certificates of one test, gone when the test is.

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

#include "schemas/clock.hpp"
#include "service/http/certificate.hpp"

namespace itqan::tests {

class CertificateFolder {
  public:
    CertificateFolder() {
        static std::atomic<int> count{0};
        path_ = std::filesystem::temp_directory_path() /
                ("itqan-http-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        std::filesystem::create_directories(path_);
    }
    ~CertificateFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    CertificateFolder(CertificateFolder const&) = delete;
    CertificateFolder& operator=(CertificateFolder const&) = delete;

    std::filesystem::path const& path() const { return path_; }

    http::DemoCertificate make(std::vector<std::string> const& names) const {
        auto result = http::demo_certificate(path_, names, SystemClock().wall());
        if (!result) throw std::runtime_error(result.error().detail);
        return *result;
    }

  private:
    std::filesystem::path path_;
};

}  // namespace itqan::tests
